package dev.brindle.store.check;

import dev.brindle.store.FileMode;
import dev.brindle.store.Timestamp;
import dev.brindle.store.volume.BackReferenceItem.Reference;
import dev.brindle.store.volume.Inode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a repair finds of an inode: its item, what of its content is there, and its names. */
final class FoundInode {
  private static final int ROOT_PERMISSIONS = 0755;
  private static final int FOUND_PERMISSIONS = 0600;

  final long number;
  @Nullable Inode inode;
  boolean isMade;
  boolean hasEntries;
  boolean hasExtents;
  boolean hasExtentAtStart;
  long blocks;
  long extentEnd;
  int inlineBytes = -1;
  int targetBytes = -1;

  /** The references back that were found. */
  final List<Reference> references = new ArrayList<>(1);

  /** True when one of them stands where it does not belong. */
  boolean isReferenceMisplaced;

  /** The entries that lead to it, after the repair. */
  final Set<Reference> names = new LinkedHashSet<>(1);

  /** Of a directory: the entries in it, after the repair. */
  long entries;

  long directories;

  FoundInode(long number) {
    this.number = number;
  }

  Inode present() {
    Inode known = inode;
    if (known == null) {
      throw new IllegalStateException("inode " + number + " has no item");
    }
    return known;
  }

  boolean isDirectory() {
    return present().isDirectory();
  }

  int type() {
    return present().mode() & FileMode.TYPE_MASK;
  }

  /**
   * Makes an inode for content that has lost its own.
   *
   * @return false when there is no content either
   */
  boolean make(boolean isRoot) {
    int mode = isRoot ? FileMode.DIRECTORY | ROOT_PERMISSIONS : modeOfContent();
    if (mode == 0) {
      return false;
    }
    long size = Math.max(extentEnd, Math.max(inlineBytes, targetBytes));
    inode = Inode.made(number, mode, Math.max(0, size), Timestamp.now());
    isMade = true;
    return true;
  }

  private int modeOfContent() {
    if (hasEntries) {
      return FileMode.DIRECTORY | FOUND_PERMISSIONS | 0100;
    }
    if (hasExtents || inlineBytes >= 0) {
      return FileMode.REGULAR | FOUND_PERMISSIONS;
    }
    return targetBytes >= 0 ? FileMode.SYMLINK | 0777 : 0;
  }

  /** A file that was unlinked while it was open: it goes when it is opened for the last time. */
  boolean isOrphan() {
    return !isMade && present().linkCount() == 0 && names.isEmpty();
  }

  int expectedLinks() {
    if (isOrphan()) {
      return 0;
    }
    return isDirectory() ? 2 + (int) directories : names.size();
  }

  long expectedSize() {
    if (isDirectory()) {
      return entries;
    }
    return present().isSymlink() && targetBytes >= 0 ? targetBytes : present().size();
  }

  /** The item as it must be; null when it is so already. */
  byte @Nullable [] correction() {
    Inode known = present();
    boolean isRight =
        known.linkCount() == expectedLinks()
            && (isOrphan() || known.size() == expectedSize())
            && (isOrphan() || !known.isRegular() || known.blocks() == blocks);
    return isRight && !isMade
        ? null
        : known.corrected(expectedLinks(), expectedSize(), known.isRegular() ? blocks : 0);
  }
}
