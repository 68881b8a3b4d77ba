package dev.brindle.daemon.libfuse;

import jnr.ffi.Runtime;
import jnr.ffi.Struct;
import ru.serce.jnrfuse.struct.FileStat;
import ru.serce.jnrfuse.struct.Statvfs;

/**
 * Where the members of libfuse's structures lie. {@code struct stat} and {@code struct statvfs},
 * which differ between platforms and processors, are measured on jnr-fuse's; the others are the
 * same on all LP64 platforms:
 *
 * <pre>
 *   fuse_file_info     0 flags i32   8 fh_old u64   16 writepage i32   20 bits u32   24 fh u64
 *                      32 lock_owner u64
 *   fuse_entry_param   0 ino u64   8 generation u64   16 struct stat   then attr_timeout f64,
 *                      entry_timeout f64
 *   fuse_buf           0 size u64   8 flags i32   16 mem ptr   24 fd i32   32 pos i64
 *   fuse_args          0 argc i32   8 argv ptr   16 allocated i32
 *   fuse_ctx           0 uid u32   4 gid u32   8 pid i32   12 umask u32
 * </pre>
 *
 * (jnr-fuse maps the bits of fuse_file_info as bytes and leaves writepage out, so that is not taken
 * from there.)
 */
final class FuseLayout {
  static final int FILE_INFO_BYTES = 40;
  static final int FILE_INFO_FLAGS = 0;
  static final int FILE_INFO_WRITEPAGE = 16;
  static final int FILE_INFO_BITS = 20;
  static final int FILE_INFO_HANDLE = 24;
  static final int KEEP_CACHE_BIT = 1 << 1;

  static final int BUF_BYTES = 40;
  static final int BUF_SIZE = 0;
  static final int BUF_MEM = 16;

  static final int ARGS_BYTES = 24;
  static final int ARGS_ARGC = 0;
  static final int ARGS_ARGV = 8;

  static final int CTX_UID = 0;
  static final int CTX_GID = 4;
  static final int CTX_PID = 8;

  private static final FileStat STAT = new FileStat(Runtime.getSystemRuntime());
  private static final Statvfs STATVFS = new Statvfs(Runtime.getSystemRuntime());

  static final int STAT_BYTES = Struct.size(STAT);
  static final int STAT_MODE = (int) STAT.st_mode.offset();
  static final int STAT_UID = (int) STAT.st_uid.offset();
  static final int STAT_GID = (int) STAT.st_gid.offset();
  static final int STAT_SIZE = (int) STAT.st_size.offset();
  static final int STAT_ATIME = (int) STAT.st_atim.tv_sec.offset();
  static final int STAT_MTIME = (int) STAT.st_mtim.tv_sec.offset();
  static final int STATVFS_BYTES = Struct.size(STATVFS);

  static final int ENTRY_INODE = 0;
  static final int ENTRY_GENERATION = 8;
  static final int ENTRY_STAT = 16;
  static final int ENTRY_ATTRIBUTE_TIMEOUT = ENTRY_STAT + STAT_BYTES;
  static final int ENTRY_ENTRY_TIMEOUT = ENTRY_ATTRIBUTE_TIMEOUT + 8;
  static final int ENTRY_BYTES = ENTRY_ENTRY_TIMEOUT + 8;

  private FuseLayout() {}
}
