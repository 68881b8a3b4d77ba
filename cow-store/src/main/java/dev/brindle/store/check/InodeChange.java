package dev.brindle.store.check;

import dev.brindle.store.volume.Inode;
import org.jspecify.annotations.Nullable;

/** What of one inode differs between two versions: sums over its items. */
final class InodeChange {
  final long number;

  /** The inode in the version before; null when it is not there, or not known to differ. */
  @Nullable Inode before;

  boolean hasInodeItem;
  long entries;
  long directories;
  long blocks;
  boolean hasNewName;
  boolean hasExtents;
  boolean hasInline;
  boolean hasEntries;
  boolean hasTarget;

  InodeChange(long number) {
    this.number = number;
  }
}
