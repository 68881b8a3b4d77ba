package dev.brindle.cli;

/** What a command's exit status says; part of the interface, so numbers never change meaning. */
final class ExitStatus {
  static final int OK = 0;

  /** Something failed that has no status of its own: the disk, the daemon, a bug. */
  static final int FAILED = 1;

  /** The command line is wrong: an unknown option, a missing argument, a name not allowed. */
  static final int USAGE = 2;

  /** There is no such store, volume, snapshot, clone or mount. */
  static final int MISSING = 3;

  /** It exists already, is in use, is not empty, or has clones. */
  static final int REFUSED = 4;

  /** The machine lacks something: libfuse, fusermount, {@code /dev/fuse}, Java. */
  static final int MACHINE = 5;

  /** The store is damaged. */
  static final int DAMAGED = 6;

  /** Stopped by Ctrl-C, as the shell counts it. */
  static final int INTERRUPTED = 130;

  /** Nobody reads the output any more, as the shell counts SIGPIPE. */
  static final int READER_GONE = 141;

  private ExitStatus() {}
}
