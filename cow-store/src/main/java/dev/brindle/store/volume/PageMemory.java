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
  private static final int PAGE_BYTES = FileState.PAGE_BYTES;

  /** 256 KiB: in longer pieces a write is no faster. */
  private static final int CHUNK_PAGES = 64;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(PAGE_BYTES).asReadOnlyBuffer();

  /** The memory of one page; it has one owner from when it is taken until it is given back. */
  static final class Page {
    private final int number;
    private final ByteBuffer chunk;
    private final ByteBuffer bytes;

    /** When it became dirty, as {@link DirtyPages} counts. */
    long addition;

    private Page(int number, ByteBuffer chunk) {
      this.number = number;
      this.chunk = chunk;
      this.bytes = chunk.slice(offset(), PAGE_BYTES);
    }

    private int offset() {
      return number % CHUNK_PAGES * PAGE_BYTES;
    }

    /** Whether this stands behind another one, in the same piece of memory. */
    private boolean follows(Page other) {
      return chunk == other.chunk && number == other.number + 1;
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
    for (int i = 0; i < CHUNK_PAGES; i++) {
      Page page = new Page(pages.size(), chunk);
      assert scribble(page);
      pages.add(page);
    }
  }

  /** With assertions on nobody finds by luck what he expects in a page that is not his. */
  private static boolean scribble(Page page) {
    for (int at = 0; at < PAGE_BYTES; at += Long.BYTES) {
      page.bytes.putLong(at, 0xDEAD_BEEF_DEAD_BEEFL);
    }
    return true;
  }

  synchronized void giveBack(Collection<Page> unused) {
    for (Page page : unused) {
      if (!taken.get(page.number)) {
        throw new IllegalStateException("page " + page.number + " is given back twice");
      }
      assert scribble(page);
      taken.clear(page.number);
      firstFree = Math.min(firstFree, page.number);
    }
  }

  /** The bytes of pages in their order, those that stand together in one buffer. */
  static ByteBuffer[] joined(List<Page> wanted) {
    List<ByteBuffer> buffers = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= wanted.size(); i++) {
      if (i == wanted.size() || !wanted.get(i).follows(wanted.get(i - 1))) {
        Page first = wanted.get(from);
        buffers.add(first.chunk.slice(first.offset(), (i - from) * PAGE_BYTES));
        from = i;
      }
    }
    return buffers.toArray(ByteBuffer[]::new);
  }
}
