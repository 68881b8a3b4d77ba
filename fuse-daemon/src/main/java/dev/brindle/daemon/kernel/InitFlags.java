package dev.brindle.daemon.kernel;

/** What kernel and daemon agree on: the flags of {@code FUSE_INIT}, 64 bits in two halves. */
final class InitFlags {
  static final long ASYNC_READ = 1;
  static final long ATOMIC_O_TRUNC = 1 << 3;
  static final long BIG_WRITES = 1 << 5;
  static final long DONT_MASK = 1 << 6;
  static final long DO_READDIRPLUS = 1 << 13;
  static final long READDIRPLUS_AUTO = 1 << 14;
  static final long ASYNC_DIO = 1 << 15;
  static final long WRITEBACK_CACHE = 1 << 16;
  static final long PARALLEL_DIROPS = 1 << 18;
  static final long POSIX_ACL = 1 << 20;
  static final long ABORT_ERROR = 1 << 21;
  static final long MAX_PAGES = 1 << 22;
  static final long CACHE_SYMLINKS = 1 << 23;
  static final long HANDLE_KILLPRIV_V2 = 1 << 28;
  static final long SETXATTR_EXT = 1 << 29;
  static final long INIT_EXT = 1 << 30;
  static final long HAS_EXPIRE_ONLY = 1L << 35;

  private InitFlags() {}
}
