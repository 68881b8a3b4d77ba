package dev.brindle.daemon.kernel;

import dev.brindle.namespace.Caller;
import dev.brindle.store.InodeAttributes;

/**
 * Whether a file may be opened without the kernel having looked at it. The kernel checks rights by
 * what it has looked up; a name that it believes to be free it hands over to be made and opened,
 * and another mount may have made it since.
 */
final class OwnFile {
  private static final int ACCESS_MODE_MASK = 3;
  private static final int O_RDONLY = 0;
  private static final int O_WRONLY = 1;
  private static final int O_TRUNC = 01000;
  private static final int OWNER_READ = 0400;
  private static final int OWNER_WRITE = 0200;

  private OwnFile() {}

  /** True for root, and for a regular file's owner as far as its mode lets the owner. */
  static boolean mayOpen(Caller caller, InodeAttributes file, int flags) {
    if (!file.isRegular()) {
      return false;
    }
    return caller.isRoot()
        || caller.uid() == file.uid() && (file.mode() & needed(flags)) == needed(flags);
  }

  private static int needed(int flags) {
    int access = flags & ACCESS_MODE_MASK;
    int read = access == O_WRONLY ? 0 : OWNER_READ;
    return access == O_RDONLY && (flags & O_TRUNC) == 0 ? read : read | OWNER_WRITE;
  }
}
