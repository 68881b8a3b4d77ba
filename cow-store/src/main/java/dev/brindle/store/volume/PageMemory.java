package dev.brindle.store.volume;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;

/**
 * Memory for pages of files, outside the heap: the collector does not copy them, and the host reads
 * them where they are. What is given back is taken again, the first free page first, so that what
 * is written in one go stands together as a rule, and in the processor's cache.
 */
final class PageMemory {
  static final int PAGE_BYTES = Extent.BLOCK_BYTES;

  /** 256 KiB: in longer pieces a write is no faster. */
  private static final int CHUNK_PAGES = 64;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(PAGE_BYTES).asReadOnlyBuffer();

  /** The memory of one page, whose owner it has between being taken and given back. */
  static final class Page {
    private final int number;
    private final ByteBuffer bytes;

    private Page(int number, ByteBuffer bytes) {
      this.number = number;
      this.bytes = bytes;
    }

    /** All of it; a view of its own. */
    ByteBuffer bytes() {
      return bytes.duplicate();
    }

    byte[] firstBytes(int length) {
      byte[] first = new byte[length];
      bytes.get(0, first);
      return first;
    }

    void get(int from, ByteBuffer target, int at, int length) {
      target.put(at, bytes, from, length);
    }

    /** Copies the source's next bytes. */
    void put(int at, ByteBuffer source, int length) {
      bytes.put(at, source, source.position(), length);
      source.position(source.position() + length);
    }

    void zero(int from, int to) {
      bytes.put(from, ZEROS, 0, to - from);
    }
  }

  @GuardedBy("this")
  private final List<ByteBuffer> chunks = new ArrayList<>();

  @GuardedBy("this")
  private final List<Page> pages = new ArrayList<>();

  @GuardedBy("this")
  private final BitSet taken = new BitSet();

  /** All before it are taken. */
  @GuardedBy("this")
  private int firstFree;

  /** A page, with anything in it. */
  synchronized Page take() {
    int number = taken.nextClearBit(firstFree);
    if (number == pages.size()) {
      addChunk();
    }
    taken.set(number);
    firstFree = number + 1;
    return pages.get(number);
  }

  @GuardedBy("this")
  private void addChunk() {
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_PAGES * PAGE_BYTES);
    chunks.add(chunk);
    for (int i = 0; i < CHUNK_PAGES; i++) {
      pages.add(new Page(pages.size(), chunk.slice(i * PAGE_BYTES, PAGE_BYTES)));
    }
  }

  synchronized void giveBack(Collection<Page> unused) {
    for (Page page : unused) {
      taken.clear(page.number);
      firstFree = Math.min(firstFree, page.number);
    }
  }

  /** The bytes of pages in their order, those that stand together in one buffer. */
  synchronized ByteBuffer[] joined(List<Page> wanted) {
    List<ByteBuffer> buffers = new ArrayList<>();
    int i = 0;
    while (i < wanted.size()) {
      int first = wanted.get(i).number;
      int count = 1;
      while (i + count < wanted.size()
          && wanted.get(i + count).number == first + count
          && (first + count) % CHUNK_PAGES != 0) {
        count++;
      }
      ByteBuffer chunk = chunks.get(first / CHUNK_PAGES);
      buffers.add(chunk.slice(first % CHUNK_PAGES * PAGE_BYTES, count * PAGE_BYTES));
      i += count;
    }
    return buffers.toArray(ByteBuffer[]::new);
  }
}
