package dev.brindle.store;

/**
 * The flags of an inode, 16 bits: what {@code chattr(1)} sets, and what the store knows for itself.
 *
 * @see <a
 *     href="https://man7.org/linux/man-pages/man2/FS_IOC_SETFLAGS.2const.html">FS_IOC_SETFLAGS</a>
 */
public final class InodeFlags {
  /** There is an attribute {@link PosixAcl#ACCESS}: the mode does not say all. */
  public static final int ACCESS_ACL = 1;

  /** There is an attribute {@link PosixAcl#DEFAULT}: what is made in the directory inherits it. */
  public static final int DEFAULT_ACL = 1 << 1;

  /** Nothing of the inode may change, nor a name of it, nor a name in it. */
  public static final int IMMUTABLE = 1 << 2;

  /** A file only grows at its end; a directory only gets more names. */
  public static final int APPEND_ONLY = 1 << 3;

  /** With either, what there is stays. */
  public static final int UNCHANGEABLE = IMMUTABLE | APPEND_ONLY;

  /** Reads are not noted. */
  public static final int NO_ACCESS_TIME = 1 << 4;

  /** Programs that make backups leave it out. */
  public static final int NO_DUMP = 1 << 5;

  /** Those that a user sets. */
  public static final int SETTABLE = IMMUTABLE | APPEND_ONLY | NO_ACCESS_TIME | NO_DUMP;

  /** What a file or directory has of the directory that it is made in. */
  public static final int INHERITED = NO_ACCESS_TIME | NO_DUMP;

  private InodeFlags() {}

  /** What says that an attribute is there. */
  public static int ofAcl(Name attribute) {
    return attribute.equals(PosixAcl.ACCESS) ? ACCESS_ACL : DEFAULT_ACL;
  }
}
