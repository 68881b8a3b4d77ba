package dev.brindle.store.volume;

import dev.brindle.store.tree.Item;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The extents of one file in a change: cut out, filled in, counted. Blocks are of 4 KiB. */
final class ExtentMap {
  private final Change change;
  private final Inode inode;
  private final long high;

  /** The inode's block count is kept; the caller puts the inode. */
  ExtentMap(Change change, Inode inode) {
    this.change = change;
    this.inode = inode;
    this.high = ItemType.high(inode.number, ItemType.EXTENT);
  }

  /** Puts new blocks where the file may have others. */
  void replace(long block, long address, int blocks) throws IOException {
    cut(block, block + blocks);
    Extent extent = new Extent(address, blocks, false, change.head().version());
    change.allocate(extent);
    put(block, extent);
    inode.blocks += blocks;
  }

  /**
   * Puts an extent that stands elsewhere, too.
   *
   * @param there where the file has nothing
   */
  void share(long there, Extent original) throws IOException {
    Extent extent =
        new Extent(original.address(), original.blocks(), false, change.head().version());
    change.share(extent);
    put(there, extent);
    inode.blocks += extent.blocks();
  }

  /** Removes what the file has in a range of blocks, the end exclusive. */
  void cut(long from, long to) throws IOException {
    if (from < to) {
      cut(from, to, new Budget(Integer.MAX_VALUE));
    }
  }

  /**
   * Removes what the file has in a range of blocks, the end exclusive, as far as a budget lasts.
   *
   * @return the end of what is removed
   */
  long cut(long from, long to, Budget budget) throws IOException {
    Item item = at(from);
    while (item != null && block(item) < to) {
      if (!budget.take()) {
        return Math.max(from, block(item));
      }
      cutOne(item, from, to);
      item = at(Math.min(to, end(item)));
    }
    return to;
  }

  /** How many items one operation may still touch. */
  static final class Budget {
    private int items;

    Budget(int items) {
      this.items = items;
    }

    /** False when nothing is left. */
    boolean take() {
      return items-- > 0;
    }
  }

  /**
   * Removes what the file has from a block on, beginning at the file's end.
   *
   * @return the block that the file ends at now: {@code from}, or larger when more is left
   */
  long cutTail(long from, int itemsMax) throws IOException {
    for (int i = 0; i < itemsMax; i++) {
      Item last = change.tree().floor(high, -1L);
      if (last == null || last.high() != high || end(last) <= from) {
        return from;
      }
      cutOne(last, from, Long.MAX_VALUE);
    }
    Item last = change.tree().floor(high, -1L);
    return last == null || last.high() != high ? from : Math.max(from, end(last));
  }

  /** Reserves unwritten blocks in the holes of a range, the end exclusive. */
  void reserve(long from, long to) throws IOException {
    long position = from;
    while (position < to) {
      Item item = at(position);
      long start = item == null ? to : Math.min(to, Math.max(position, block(item)));
      for (long at = position; at < start; ) {
        int blocks = (int) Math.min(start - at, Integer.MAX_VALUE);
        put(at, new Extent(0, blocks, true, change.head().version()));
        inode.blocks += blocks;
        at += blocks;
      }
      position = item == null ? to : Math.max(start, end(item));
    }
  }

  private void cutOne(Item item, long from, long to) throws IOException {
    Extent extent = Extent.decode(item.value());
    long start = block(item);
    long cutFrom = Math.max(start, from);
    long cutTo = Math.min(start + extent.blocks(), to);
    if (cutFrom > start) {
      put(start, extent.slice(0, cutFrom - start));
    } else {
      change.remove(high, item.offset());
    }
    if (cutTo < start + extent.blocks()) {
      put(cutTo, extent.slice(cutTo - start, extent.blocks()));
    }
    change.free(extent.slice(cutFrom - start, cutTo - start));
    inode.blocks -= cutTo - cutFrom;
  }

  /** The item that covers a block, or else the next one. */
  private @Nullable Item at(long block) throws IOException {
    return new FileContent(change.tree(), inode.number, inode.size)
        .extentAt(block << Extent.BLOCK_SHIFT);
  }

  private void put(long block, Extent extent) throws IOException {
    change.put(high, block << Extent.BLOCK_SHIFT, extent.encode());
  }

  private static long block(Item item) {
    return item.offset() >>> Extent.BLOCK_SHIFT;
  }

  private static long end(Item item) throws IOException {
    return block(item) + Extent.decode(item.value()).blocks();
  }
}
