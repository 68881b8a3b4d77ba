package dev.brindle.store.volume;

import dev.brindle.store.InodeFlags;
import dev.brindle.store.tree.Item;
import dev.brindle.store.volume.ExtentMap.Budget;
import java.io.IOException;

/**
 * A part of a copy by reference: the target's extents are replaced by new references to the
 * source's blocks. Under the target's lock and, when the source is another head, that one's.
 */
final class ExtentCopy {
  private static final int SHIFT = Extent.BLOCK_SHIFT;

  /** The answer when the store is of a format without sharing. */
  static final long NOT_ALLOWED = -1;

  /** Extents that one operation puts or removes. */
  private static final int ITEMS_PER_CHANGE = 1024;

  private final Head head;
  private final FileOperations files;
  private final CopySource source;
  private final long from;
  private final long to;

  ExtentCopy(Head head, FileOperations files, CopySource source, long from, long to) {
    this.head = head;
    this.files = files;
    this.source = source;
    this.from = from;
    this.to = to;
  }

  /**
   * Copies whole blocks, and a part of one where the target ends in it: what is behind a file's end
   * in its last block is undefined.
   *
   * @param sourceOffset in bytes, a multiple of the block's, as {@code offset}
   * @param allowed whether the store's format has sharing
   * @return how many bytes; 0 when this cannot be done by reference; {@link #NOT_ALLOWED}
   */
  long copy(Change change, long sourceOffset, long offset, long length, boolean allowed)
      throws IOException {
    Inode original = source.view().inode(from);
    long available = flushed(original, sourceOffset, length);
    Inode inode = change.inode(to);
    inode.refuse(InodeFlags.UNCHANGEABLE);
    FileState state = change.attach(inode);
    synchronized (state) {
      long end = offset + available;
      boolean reachesEnd = end >= state.size();
      long first = offset >>> SHIFT;
      long behind = (end >>> SHIFT) + (reachesEnd && end % Extent.BLOCK_BYTES != 0 ? 1 : 0);
      FileContent content = new FileContent(source.view().tree(), from, original.size);
      if (end <= offset || first >= behind || isInTree(content, sourceOffset)) {
        return 0;
      }
      if (offset > state.size() || (end > inode.size && hasDirtyBefore(state, first))) {
        return 0;
      }
      if (!allowed) {
        return NOT_ALLOWED;
      }
      long reached = replace(change, inode, content, sourceOffset >>> SHIFT, first, behind);
      long reachedEnd = Math.min(end, Extent.endOf(reached));
      store(change, inode, state, first, reached, reachedEnd);
      return reachedEnd - offset;
    }
  }

  /** How much of a range the tree has: up to where something was written since the last flush. */
  private long flushed(Inode original, long offset, long length) {
    long there = Math.min(length, Math.max(0, original.size - offset));
    FileState read = source.state(from);
    if (read == null) {
      return there;
    }
    synchronized (read) {
      long page = read.dirtyPages().next(offset >>> SHIFT);
      long end = page == DirtyPages.NONE ? original.size : page << SHIFT;
      if (read.size() != original.size) {
        end = Math.min(end, Math.min(read.size(), original.size) >>> SHIFT << SHIFT);
      }
      return Math.min(there, Math.max(0, end - offset));
    }
  }

  private static boolean isInTree(FileContent content, long offset) throws IOException {
    return offset < Extent.BLOCK_BYTES && content.inline() != null;
  }

  /** The size in the tree must not pass a page that is dirty. */
  private static boolean hasDirtyBefore(FileState state, long page) {
    synchronized (state) {
      return state.dirtyPages().next(0) < page;
    }
  }

  /** Returns the end of the target's blocks that are the source's now. */
  private long replace(
      Change change, Inode inode, FileContent content, long block, long first, long behind)
      throws IOException {
    if (first == 0) {
      change.remove(ItemType.high(to, ItemType.INLINE), 0);
    }
    long shift = block - first;
    ExtentMap extents = new ExtentMap(change, inode);
    Budget budget = new Budget(ITEMS_PER_CHANGE);
    long at = first;
    while (at < behind && budget.take()) {
      Item item = content.extentAt((at + shift) << SHIFT);
      long start = item == null ? behind : (item.offset() >>> SHIFT) - shift;
      if (item == null || at < start) {
        at = extents.cut(at, Math.min(start, behind), budget);
      } else {
        at = replace(extents, Extent.decode(item.value()), start, at, behind, budget);
      }
    }
    return at;
  }

  /**
   * @param start where the extent begins in the target
   */
  private static long replace(
      ExtentMap extents, Extent extent, long start, long at, long behind, Budget budget)
      throws IOException {
    long reached = extents.cut(at, Math.min(start + extent.blocks(), behind), budget);
    if (reached > at && !extent.unwritten()) {
      extents.share(at, extent.slice(at - start, reached - start));
    }
    return reached;
  }

  private void store(
      Change change, Inode inode, FileState state, long first, long behind, long end) {
    synchronized (state) {
      inode.size = Math.max(inode.size, end);
      inode.touch(change.now());
      change.update(inode);
      change.whenDone(state::takeModified);
      change.whenDone(() -> files.dropPages(state, first, behind));
      if (end >= state.size()) {
        change.whenDone(() -> state.sizeStored(end));
      }
    }
  }
}
