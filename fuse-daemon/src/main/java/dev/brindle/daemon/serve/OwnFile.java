package dev.brindle.daemon.serve;

import dev.brindle.namespace.Caller;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.InodeFlags;

/**
 * Whether a file may be opened without the kernel having looked at it. The kernel checks rights by
 * what it has looked up; a name that it believes to be free it hands over to be made and opened,
 * and another mount may have made it since.
 */
final class OwnFile {
  private static final int OWNER_READ = 0400;
  private static final int OWNER_WRITE = 0200;

  private OwnFile() {}

  /**
   * True for root, and for a regular file's owner as far as its mode lets the owner; false for one
   * that bears no or not every change.
   *
   * @param flags the host's, of open(2)
   * @param truncateFlag the host's O_TRUNC
   */
  static boolean mayOpen(Caller caller, InodeAttributes file, int flags, int truncateFlag) {
    if (!file.isRegular() || (file.flags() & InodeFlags.UNCHANGEABLE) != 0) {
      return false;
    }
    int needed = needed(flags, truncateFlag);
    return caller.isRoot() || (caller.uid() == file.uid() && (file.mode() & needed) == needed);
  }

  private static int needed(int flags, int truncateFlag) {
    int read = AccessMode.isReadable(flags) ? OWNER_READ : 0;
    boolean writes = AccessMode.isWritable(flags) || (flags & truncateFlag) != 0;
    return writes ? read | OWNER_WRITE : read;
  }
}
