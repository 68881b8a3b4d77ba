package dev.brindle.daemon.kernel;

/**
 * The structures of the protocol: where each member stands, in bytes from the structure's
 * beginning, and how long the structure is. All numbers are in the processor's own byte order.
 * Members that nobody here uses are there only as the distance that they take up.
 *
 * @see <a href="https://github.com/torvalds/linux/blob/master/include/uapi/linux/fuse.h">fuse.h</a>
 */
final class Wire {
  private static final int U16 = 2;
  private static final int U32 = 4;
  private static final int U64 = 8;

  private Wire() {}

  /** {@code fuse_in_header}: before each request. */
  static final class InHeader {
    static final int LENGTH = 0;
    static final int OPCODE = LENGTH + U32;
    static final int UNIQUE = OPCODE + U32;
    static final int NODE = UNIQUE + U64;
    static final int UID = NODE + U64;
    static final int GID = UID + U32;
    static final int PID = GID + U32;
    static final int BYTES = PID + U32 + U32;
  }

  /** {@code fuse_out_header}: before each answer and each notification. */
  static final class OutHeader {
    static final int LENGTH = 0;
    static final int ERROR = LENGTH + U32;
    static final int UNIQUE = ERROR + U32;
    static final int BYTES = UNIQUE + U64;
  }

  /** {@code fuse_attr}. */
  static final class Attr {
    static final int INODE = 0;
    static final int SIZE = INODE + U64;
    static final int BLOCKS = SIZE + U64;
    static final int ATIME = BLOCKS + U64;
    static final int MTIME = ATIME + U64;
    static final int CTIME = MTIME + U64;
    static final int ATIME_NANOS = CTIME + U64;
    static final int MTIME_NANOS = ATIME_NANOS + U32;
    static final int CTIME_NANOS = MTIME_NANOS + U32;
    static final int MODE = CTIME_NANOS + U32;
    static final int LINKS = MODE + U32;
    static final int UID = LINKS + U32;
    static final int GID = UID + U32;
    static final int DEVICE = GID + U32;
    static final int BLOCK_SIZE = DEVICE + U32;
    static final int FLAGS = BLOCK_SIZE + U32;
    static final int BYTES = FLAGS + U32;
  }

  /** {@code fuse_attr_out}. */
  static final class AttrOut {
    static final int VALID = 0;
    static final int VALID_NANOS = VALID + U64;
    static final int ATTR = VALID_NANOS + U32 + U32;
    static final int BYTES = ATTR + Attr.BYTES;
  }

  /** {@code fuse_entry_out}. */
  static final class EntryOut {
    static final int NODE = 0;
    static final int GENERATION = NODE + U64;
    static final int ENTRY_VALID = GENERATION + U64;
    static final int ATTR_VALID = ENTRY_VALID + U64;
    static final int ENTRY_VALID_NANOS = ATTR_VALID + U64;
    static final int ATTR_VALID_NANOS = ENTRY_VALID_NANOS + U32;
    static final int ATTR = ATTR_VALID_NANOS + U32;
    static final int BYTES = ATTR + Attr.BYTES;
  }

  /** {@code fuse_init_in}: before protocol 7.36 it ends with the first flags. */
  static final class InitIn {
    static final int MAJOR = 0;
    static final int MINOR = MAJOR + U32;
    static final int READAHEAD = MINOR + U32;
    static final int FLAGS = READAHEAD + U32;
    static final int FLAGS_HIGH = FLAGS + U32;
    static final int OLD_BYTES = FLAGS_HIGH;
    static final int BYTES = FLAGS_HIGH + U32 + 11 * U32;
  }

  /** {@code fuse_init_out}. */
  static final class InitOut {
    static final int MAJOR = 0;
    static final int MINOR = MAJOR + U32;
    static final int READAHEAD = MINOR + U32;
    static final int FLAGS = READAHEAD + U32;
    static final int BACKGROUND = FLAGS + U32;
    static final int CONGESTION = BACKGROUND + U16;
    static final int WRITE_BYTES = CONGESTION + U16;
    static final int TIME_GRAIN = WRITE_BYTES + U32;
    static final int PAGES = TIME_GRAIN + U32;
    static final int MAP_ALIGNMENT = PAGES + U16;
    static final int FLAGS_HIGH = MAP_ALIGNMENT + U16;
    static final int BYTES = FLAGS_HIGH + U32 + 7 * U32;
  }

  /** {@code fuse_forget_in}. */
  static final class ForgetIn {
    static final int LOOKUPS = 0;
    static final int BYTES = LOOKUPS + U64;
  }

  /** {@code fuse_batch_forget_in}, and behind it so many {@code fuse_forget_one}. */
  static final class BatchForgetIn {
    static final int COUNT = 0;
    static final int BYTES = COUNT + U32 + U32;
    static final int ONE_NODE = 0;
    static final int ONE_LOOKUPS = ONE_NODE + U64;
    static final int ONE_BYTES = ONE_LOOKUPS + U64;
  }

  /** {@code fuse_interrupt_in}. */
  static final class InterruptIn {
    static final int UNIQUE = 0;
    static final int BYTES = UNIQUE + U64;
  }

  /** {@code fuse_setattr_in}. */
  static final class SetattrIn {
    static final int VALID = 0;
    static final int HANDLE = VALID + U32 + U32;
    static final int SIZE = HANDLE + U64;
    static final int LOCK_OWNER = SIZE + U64;
    static final int ATIME = LOCK_OWNER + U64;
    static final int MTIME = ATIME + U64;
    static final int CTIME = MTIME + U64;
    static final int ATIME_NANOS = CTIME + U64;
    static final int MTIME_NANOS = ATIME_NANOS + U32;
    static final int CTIME_NANOS = MTIME_NANOS + U32;
    static final int MODE = CTIME_NANOS + U32;
    static final int UID = MODE + U32 + U32;
    static final int GID = UID + U32;
    static final int BYTES = GID + U32 + U32;
  }

  /** {@code fuse_mknod_in}; a name follows. */
  static final class MknodIn {
    static final int MODE = 0;
    static final int DEVICE = MODE + U32;
    static final int UMASK = DEVICE + U32;
    static final int BYTES = UMASK + U32 + U32;
  }

  /** {@code fuse_mkdir_in}; a name follows. */
  static final class MkdirIn {
    static final int MODE = 0;
    static final int UMASK = MODE + U32;
    static final int BYTES = UMASK + U32;
  }

  /** {@code fuse_rename_in}; two names follow. */
  static final class RenameIn {
    static final int NEW_PARENT = 0;
    static final int BYTES = NEW_PARENT + U64;
  }

  /** {@code fuse_rename2_in}; two names follow. */
  static final class Rename2In {
    static final int NEW_PARENT = 0;
    static final int FLAGS = NEW_PARENT + U64;
    static final int BYTES = FLAGS + U32 + U32;
  }

  /** {@code fuse_link_in}; a name follows. */
  static final class LinkIn {
    static final int NODE = 0;
    static final int BYTES = NODE + U64;
  }

  /** {@code fuse_open_in}, of files and directories. */
  static final class OpenIn {
    static final int FLAGS = 0;
    static final int OPEN_FLAGS = FLAGS + U32;
    static final int BYTES = OPEN_FLAGS + U32;
  }

  /** {@code fuse_create_in}; a name follows. */
  static final class CreateIn {
    static final int FLAGS = 0;
    static final int MODE = FLAGS + U32;
    static final int UMASK = MODE + U32;
    static final int OPEN_FLAGS = UMASK + U32;
    static final int BYTES = OPEN_FLAGS + U32;
  }

  /** {@code fuse_open_out}. */
  static final class OpenOut {
    static final int HANDLE = 0;
    static final int FLAGS = HANDLE + U64;
    static final int BYTES = FLAGS + U32 + U32;
  }

  /** {@code fuse_release_in}, of files and directories. */
  static final class ReleaseIn {
    static final int HANDLE = 0;
    static final int BYTES = HANDLE + U64 + U32 + U32 + U64;
  }

  /** {@code fuse_read_in}, of files and directories. */
  static final class ReadIn {
    static final int HANDLE = 0;
    static final int OFFSET = HANDLE + U64;
    static final int SIZE = OFFSET + U64;
    static final int BYTES = SIZE + U32 + U32 + U64 + U32 + U32;
  }

  /** {@code fuse_write_in}; the data follow. */
  static final class WriteIn {
    static final int HANDLE = 0;
    static final int OFFSET = HANDLE + U64;
    static final int SIZE = OFFSET + U64;
    static final int WRITE_FLAGS = SIZE + U32;
    static final int LOCK_OWNER = WRITE_FLAGS + U32;
    static final int FLAGS = LOCK_OWNER + U64;
    static final int BYTES = FLAGS + U32 + U32;
  }

  /** {@code fuse_write_out}, also the answer to a copy. */
  static final class WriteOut {
    static final int SIZE = 0;
    static final int BYTES = SIZE + U32 + U32;
  }

  /** {@code fuse_statfs_out}. */
  static final class StatfsOut {
    static final int BLOCKS = 0;
    static final int BLOCKS_FREE = BLOCKS + U64;
    static final int BLOCKS_AVAILABLE = BLOCKS_FREE + U64;
    static final int FILES = BLOCKS_AVAILABLE + U64;
    static final int FILES_FREE = FILES + U64;
    static final int BLOCK_SIZE = FILES_FREE + U64;
    static final int NAME_LENGTH = BLOCK_SIZE + U32;
    static final int FRAGMENT_SIZE = NAME_LENGTH + U32;
    static final int BYTES = FRAGMENT_SIZE + U32 + U32 + 6 * U32;
  }

  /** {@code fuse_fsync_in}, of files and directories. */
  static final class FsyncIn {
    static final int HANDLE = 0;
    static final int FLAGS = HANDLE + U64;
    static final int BYTES = FLAGS + U32 + U32;
  }

  /**
   * {@code fuse_setxattr_in}; name and value follow. Without {@code FUSE_SETXATTR_EXT} it ends
   * before the flags of its own.
   */
  static final class SetxattrIn {
    static final int SIZE = 0;
    static final int FLAGS = SIZE + U32;
    static final int SETXATTR_FLAGS = FLAGS + U32;
    static final int OLD_BYTES = SETXATTR_FLAGS;
    static final int BYTES = SETXATTR_FLAGS + U32 + U32;
  }

  /** {@code fuse_getxattr_in}, also of the list; the name follows. */
  static final class GetxattrIn {
    static final int SIZE = 0;
    static final int BYTES = SIZE + U32 + U32;
  }

  /** {@code fuse_getxattr_out}: the answer to a question for the size. */
  static final class GetxattrOut {
    static final int SIZE = 0;
    static final int BYTES = SIZE + U32 + U32;
  }

  /** {@code fuse_ioctl_in}; what the caller hands over follows. */
  static final class IoctlIn {
    static final int HANDLE = 0;
    static final int FLAGS = HANDLE + U64;
    static final int COMMAND = FLAGS + U32;
    static final int ARGUMENT = COMMAND + U32;
    static final int SIZE = ARGUMENT + U64;
    static final int ROOM = SIZE + U32;
    static final int BYTES = ROOM + U32;
  }

  /** {@code fuse_ioctl_out}; what the caller gets follows. */
  static final class IoctlOut {
    static final int RESULT = 0;
    static final int BYTES = RESULT + 4 * U32;
  }

  /** {@code fsxattr}, of the file system's interface and not of FUSE's. */
  static final class Xflags {
    static final int FLAGS = 0;
    static final int EXTENT_SIZE = FLAGS + U32;
    static final int EXTENTS = EXTENT_SIZE + U32;
    static final int PROJECT = EXTENTS + U32;
    static final int COW_EXTENT_SIZE = PROJECT + U32;
  }

  /** {@code fuse_fallocate_in}. */
  static final class FallocateIn {
    static final int HANDLE = 0;
    static final int OFFSET = HANDLE + U64;
    static final int LENGTH = OFFSET + U64;
    static final int MODE = LENGTH + U64;
    static final int BYTES = MODE + U32 + U32;
  }

  /** {@code fuse_lseek_in}. */
  static final class LseekIn {
    static final int HANDLE = 0;
    static final int OFFSET = HANDLE + U64;
    static final int WHENCE = OFFSET + U64;
    static final int BYTES = WHENCE + U32 + U32;
  }

  /** {@code fuse_lseek_out}. */
  static final class LseekOut {
    static final int OFFSET = 0;
    static final int BYTES = OFFSET + U64;
  }

  /** {@code fuse_copy_file_range_in}. */
  static final class CopyIn {
    static final int HANDLE_IN = 0;
    static final int OFFSET_IN = HANDLE_IN + U64;
    static final int NODE_OUT = OFFSET_IN + U64;
    static final int HANDLE_OUT = NODE_OUT + U64;
    static final int OFFSET_OUT = HANDLE_OUT + U64;
    static final int LENGTH = OFFSET_OUT + U64;
    static final int FLAGS = LENGTH + U64;
    static final int BYTES = FLAGS + U64;
  }

  /** {@code fuse_dirent}; the name follows, and zeros up to a multiple of 8. */
  static final class Dirent {
    static final int INODE = 0;
    static final int COOKIE = INODE + U64;
    static final int NAME_LENGTH = COOKIE + U64;
    static final int TYPE = NAME_LENGTH + U32;
    static final int NAME = TYPE + U32;
  }

  /** {@code fuse_statx_in}, since protocol 7.39. */
  static final class StatxIn {
    static final int BYTES = U32 + U32 + U64 + U32 + U32;
  }

  /** {@code fuse_statx_out}, since protocol 7.39. */
  static final class StatxOut {
    static final int VALID = 0;
    static final int VALID_NANOS = VALID + U64;
    static final int STATX = VALID_NANOS + U32 + U32 + 2 * U64;
    static final int MASK = STATX;
    static final int BLOCK_SIZE = MASK + U32;
    static final int ATTRIBUTES = BLOCK_SIZE + U32;
    static final int LINKS = ATTRIBUTES + U64;
    static final int UID = LINKS + U32;
    static final int GID = UID + U32;
    static final int MODE = GID + U32;
    static final int INODE = MODE + U16 + U16;
    static final int SIZE = INODE + U64;
    static final int BLOCKS = SIZE + U64;
    static final int ATTRIBUTES_MASK = BLOCKS + U64;
    static final int ATIME = ATTRIBUTES_MASK + U64;
    static final int TIME_BYTES = U64 + U32 + U32;
    static final int BTIME = ATIME + TIME_BYTES;
    static final int CTIME = BTIME + TIME_BYTES;
    static final int MTIME = CTIME + TIME_BYTES;
    static final int DEVICE_MAJOR = MTIME + TIME_BYTES;
    static final int DEVICE_MINOR = DEVICE_MAJOR + U32;
    static final int BYTES = DEVICE_MINOR + U32 + 2 * U32 + 14 * U64;
  }

  /** {@code fuse_notify_inval_inode_out}. */
  static final class InvalInode {
    static final int NODE = 0;
    static final int OFFSET = NODE + U64;
    static final int LENGTH = OFFSET + U64;
    static final int BYTES = LENGTH + U64;
  }

  /** {@code fuse_notify_inval_entry_out}; the name follows, with a zero behind it. */
  static final class InvalEntry {
    static final int PARENT = 0;
    static final int NAME_LENGTH = PARENT + U64;
    static final int FLAGS = NAME_LENGTH + U32;
    static final int BYTES = FLAGS + U32;
  }
}
