package dev.brindle.daemon.serve;

/** What a file is opened for: the access mode in the flags of open(2), on Linux and macOS alike. */
public final class AccessMode {
  private static final int MASK = 3;
  private static final int O_RDONLY = 0;
  private static final int O_WRONLY = 1;

  private AccessMode() {}

  /** Also for 3, by which Linux asks for both rights. */
  public static boolean isReadable(int flags) {
    return (flags & MASK) != O_WRONLY;
  }

  /** Also for 3. */
  public static boolean isWritable(int flags) {
    return (flags & MASK) != O_RDONLY;
  }
}
