package dev.brindle.store;

/**
 * The bits of {@code st_mode}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/inode.7.html">inode(7)</a>
 */
public final class FileMode {
  public static final int TYPE_MASK = 0170000;
  public static final int SOCKET = 0140000;
  public static final int SYMLINK = 0120000;
  public static final int REGULAR = 0100000;
  public static final int BLOCK_DEVICE = 0060000;
  public static final int DIRECTORY = 0040000;
  public static final int CHARACTER_DEVICE = 0020000;
  public static final int FIFO = 0010000;

  public static final int SET_UID = 04000;
  public static final int SET_GID = 02000;
  public static final int STICKY = 01000;
  public static final int PERMISSION_MASK = 07777;

  /** What owner, group and others may. */
  public static final int ACCESS_MASK = 0777;

  private static final int GROUP_EXECUTE = 010;

  private FileMode() {}

  /**
   * Without set-uid and set-gid, which a program loses when somebody changes its content or owner.
   * A set-gid bit stays on a file that its group does not execute: there it means mandatory
   * locking.
   */
  public static int withoutSetIds(int mode) {
    int left = mode & ~SET_UID;
    return (mode & GROUP_EXECUTE) == 0 ? left : left & ~SET_GID;
  }

  public static boolean isDirectory(int mode) {
    return (mode & TYPE_MASK) == DIRECTORY;
  }

  public static boolean isRegular(int mode) {
    return (mode & TYPE_MASK) == REGULAR;
  }

  public static boolean isSymlink(int mode) {
    return (mode & TYPE_MASK) == SYMLINK;
  }

  public static boolean isDevice(int mode) {
    int type = mode & TYPE_MASK;
    return type == BLOCK_DEVICE || type == CHARACTER_DEVICE;
  }
}
