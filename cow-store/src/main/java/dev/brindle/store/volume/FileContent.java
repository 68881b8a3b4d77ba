package dev.brindle.store.volume;

import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.log.Log;
import dev.brindle.store.tree.Item;
import dev.brindle.store.tree.TreeReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file as its tree has them: in extents; or, for the first block of a file that was
 * small when it was flushed, inline; zeros elsewhere. The first block is never in both.
 */
final class FileContent {
  /** The largest file whose content stands in the tree. */
  static final int INLINE_BYTES_MAX = 2048;

  private final TreeReader tree;
  private final long inode;
  private final long size;

  /**
   * @param size where the tree's bytes end; behind it are zeros
   */
  FileContent(TreeReader tree, long inode, long size) {
    this.tree = tree;
    this.inode = inode;
    this.size = size;
  }

  byte @Nullable [] inline() throws IOException {
    return tree.get(ItemType.high(inode, ItemType.INLINE), 0);
  }

  /** The extent item that covers a byte, or else the next one; null when there is none. */
  @Nullable Item extentAt(long offset) throws IOException {
    long high = ItemType.high(inode, ItemType.EXTENT);
    Item item = tree.floor(high, offset);
    if (item != null
        && item.high() == high
        && Long.compareUnsigned(offset - item.offset(), bytes(Extent.decode(item.value()))) < 0) {
      return item;
    }
    item = tree.ceiling(high, offset);
    return item != null && item.high() == high ? item : null;
  }

  static long bytes(Extent extent) {
    return (long) extent.blocks() << Extent.BLOCK_SHIFT;
  }

  /**
   * Plans the bytes from {@code offset} on.
   *
   * @param at where in the plan they go
   */
  void plan(ReadPlan plan, int at, long offset, int length) throws IOException {
    int known = (int) Math.max(0, Math.min(length, size - offset));
    plan.zero(at + known, length - known);
    if (known == 0) {
      return;
    }
    planExtents(plan, at, offset, known);
  }

  private void planExtents(ReadPlan plan, int at, long offset, int length) throws IOException {
    long end = offset + length;
    long position = offset;
    while (position < end) {
      Item item = extentAt(position);
      long start = item == null ? end : Math.min(end, Math.max(position, item.offset()));
      planHole(plan, at + (int) (position - offset), position, (int) (start - position));
      position = start;
      if (item != null && position < end) {
        Extent extent = Extent.decode(item.value());
        int part = (int) Math.min(end - position, bytes(extent) - (position - item.offset()));
        int to = at + (int) (position - offset);
        if (extent.unwritten()) {
          plan.zero(to, part);
        } else {
          long skip = position - item.offset();
          long block = extent.address() + (skip >>> Extent.BLOCK_SHIFT);
          plan.fromLog(to, block, (int) (skip & (Extent.BLOCK_BYTES - 1)), part);
        }
        position += part;
      }
    }
  }

  /** A range without extents: the inline content, if it begins there, and zeros. */
  private void planHole(ReadPlan plan, int at, long offset, int length) throws IOException {
    int there = 0;
    if (offset < INLINE_BYTES_MAX && length > 0) {
      byte[] inline = inline();
      if (inline != null) {
        there = (int) Math.max(0, Math.min(length, inline.length - offset));
        plan.copy(at, inline, (int) Math.min(offset, inline.length), there);
      }
    }
    plan.zero(at + there, length - there);
  }

  /** Reads one page, with zeros behind the end. */
  void readPage(Log log, long index, ByteBuffer page) throws IOException {
    int length = page.remaining();
    ReadPlan plan = new ReadPlan(page);
    plan(plan, 0, index << FileState.PAGE_SHIFT, length);
    plan.run(log, length);
  }

  /**
   * Where a range ends that has so many extents at the most, behind its first byte; its end when it
   * has fewer.
   */
  long extentsEnd(long from, long to, int extentsMax) throws IOException {
    long position = from;
    for (int i = 0; i < extentsMax && position < to; i++) {
      Item item = extentAt(position);
      if (item == null || item.offset() >= to) {
        return to;
      }
      // the end of the last possible extent is behind what a long can say
      position = item.offset() + Math.min(bytes(Extent.decode(item.value())), to - item.offset());
    }
    return Math.min(position, to);
  }

  /**
   * Where the next data or hole begins, from an offset inside the file on; the file's end when
   * there is none. When that is at a limit or behind it: how far it was looked for.
   */
  long seek(long offset, Seek whence, long limit) throws IOException {
    long position = offset;
    if (position < Extent.BLOCK_BYTES && inline() != null) {
      if (whence == Seek.DATA) {
        return position;
      }
      position = Extent.BLOCK_BYTES;
    }
    while (position < Math.min(size, limit)) {
      Item item = extentAt(position);
      Extent extent = item == null ? null : Extent.decode(item.value());
      boolean inside = item != null && item.offset() <= position;
      boolean data = inside && extent != null && !extent.unwritten();
      if (data == (whence == Seek.DATA)) {
        return position;
      }
      if (item == null || extent == null) {
        return size;
      }
      // the end of the last possible extent is behind what a long can say
      long left = inside ? bytes(extent) - (position - item.offset()) : item.offset() - position;
      position += Math.min(left, size - position);
    }
    return Math.min(size, position);
  }

  /** True when a page reads as zeros and takes no block. */
  boolean isHole(long index) throws IOException {
    long start = index << FileState.PAGE_SHIFT;
    Item item = extentAt(start);
    boolean covered = item != null && item.offset() <= start;
    return !covered && (index > 0 || inline() == null);
  }
}
