package dev.brindle.store.volume;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * What memory knows of an inode that the tree does not: who holds it, the pages of a file that were
 * written and not flushed, and the size and times that came with them. Of what is no regular file
 * the tree knows the size.
 *
 * <p>While the size here is larger than the tree's and the tree's is not at a block boundary, the
 * page with the tree's end is dirty: so the bytes behind it are zeroed before they come into sight.
 */
final class FileState {
  static final int PAGE_BYTES = Extent.BLOCK_BYTES;
  static final int PAGE_SHIFT = Extent.BLOCK_SHIFT;

  final long inode;

  @GuardedBy("this")
  private int holds;

  @GuardedBy("this")
  private final DirtyPages dirtyPages = new DirtyPages();

  @GuardedBy("this")
  private long size;

  @GuardedBy("this")
  private boolean sizeChanged;

  @GuardedBy("this")
  private @Nullable Timestamp modified;

  @GuardedBy("this")
  private boolean truncatedToZero;

  /** The inode was made without a name and has not got one yet. */
  @GuardedBy("this")
  private boolean unnamed;

  /** Why written data was lost. */
  @GuardedBy("this")
  private @Nullable CorruptStoreException loss;

  FileState(Inode inode) {
    this.inode = inode.number;
    this.size = inode.size;
  }

  synchronized void hold() {
    holds++;
  }

  synchronized void holdUnnamed() {
    unnamed = true;
    holds++;
  }

  synchronized boolean isUnnamed() {
    return unnamed;
  }

  synchronized void named() {
    unnamed = false;
  }

  /** Returns how many holds are left. */
  synchronized int release() {
    if (holds == 0) {
      throw new IllegalStateException("inode " + inode + " is not held");
    }
    return --holds;
  }

  synchronized boolean isHeld() {
    return holds > 0;
  }

  /** Remembers that dirty data could not be flushed and is gone. */
  synchronized void lost(CorruptStoreException cause) {
    loss = cause;
  }

  /**
   * To be called before data is acknowledged: no success may follow a loss.
   *
   * @throws CorruptStoreException data of this file was lost since it was opened
   */
  synchronized void refuseAfterLoss() throws CorruptStoreException {
    if (loss != null) {
      throw new CorruptStoreException(loss);
    }
  }

  synchronized boolean isLost() {
    return loss != null;
  }

  /** True when nothing is to be remembered of the inode. */
  synchronized boolean isIdle() {
    return holds == 0 && loss == null && isClean();
  }

  /** True when the tree knows everything that this knows. */
  synchronized boolean isClean() {
    return dirtyPages.isEmpty() && !sizeChanged && modified == null;
  }

  /** Used under this object's monitor. */
  @GuardedBy("this")
  DirtyPages dirtyPages() {
    return dirtyPages;
  }

  synchronized int dirtyPageCount() {
    return dirtyPages.count();
  }

  synchronized long size() {
    return size;
  }

  /** The file's end moved, for a reason that the tree does not know yet. */
  synchronized void grow(long newSize) {
    size = newSize;
    sizeChanged = true;
  }

  /** The tree was told the size. */
  synchronized void sizeStored(long newSize) {
    size = newSize;
    sizeChanged = false;
  }

  synchronized void modified(Timestamp now) {
    modified = now;
  }

  /** Notes the time of a write, when there is data that will be stored together with it. */
  synchronized boolean modifiedWithData(Timestamp time) {
    if (dirtyPages.isEmpty()) {
      return false;
    }
    modified = time;
    return true;
  }

  /** The time of the last write, when the tree does not know it. */
  synchronized @Nullable Timestamp modified() {
    return modified;
  }

  /** The times of the last write that the tree does not know; forgotten here. */
  synchronized @Nullable Timestamp takeModified() {
    Timestamp time = modified;
    modified = null;
    return time;
  }

  /**
   * The file was cut.
   *
   * @param stored whether the tree knows
   */
  synchronized void cut(long newSize, boolean stored) {
    size = newSize;
    sizeChanged = !stored;
    truncatedToZero |= newSize == 0;
  }

  /** Whether the file was emptied since the last call: what replaces it wants to be flushed. */
  synchronized boolean takeTruncatedToZero() {
    boolean was = truncatedToZero;
    truncatedToZero = false;
    return was;
  }

  /** The inode's attributes as they are with what is not in the tree. */
  synchronized InodeAttributes attributes(Inode inode) {
    Timestamp modification = modified == null ? inode.modificationTime : modified;
    Timestamp change =
        modified == null || modified.compareTo(inode.changeTime) < 0 ? inode.changeTime : modified;
    long sectors =
        dirtyPages.isEmpty()
            ? inode.sectors()
            : (inode.blocks + dirtyPages.count()) * (PAGE_BYTES / 512);
    return inode.attributes(inode.isRegular() ? size : inode.size, sectors, modification, change);
  }
}
