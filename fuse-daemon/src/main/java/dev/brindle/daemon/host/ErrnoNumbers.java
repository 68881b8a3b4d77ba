package dev.brindle.daemon.host;

import dev.brindle.store.Errno;

/** The numbers of {@link Errno}'s constants on each platform. */
public final class ErrnoNumbers {
  private final int[] numbers = new int[Errno.values().length];

  public ErrnoNumbers(Host host) {
    for (Errno errno : Errno.values()) {
      numbers[errno.ordinal()] = host == Host.LINUX ? linux(errno) : macos(errno);
    }
  }

  /** Positive. */
  public int of(Errno errno) {
    return numbers[errno.ordinal()];
  }

  private static int linux(Errno errno) {
    return switch (errno) {
      case ENAMETOOLONG -> 36;
      case ENOSYS -> 38;
      case ENOTEMPTY -> 39;
      case ELOOP -> 40;
      case ENODATA -> 61;
      case EOVERFLOW -> 75;
      case EOPNOTSUPP -> 95;
      case ESTALE -> 116;
      case EDQUOT -> 122;
      default -> common(errno);
    };
  }

  private static int macos(Errno errno) {
    return switch (errno) {
      case ELOOP -> 62;
      case ENAMETOOLONG -> 63;
      case ENOTEMPTY -> 66;
      case EDQUOT -> 69;
      case ESTALE -> 70;
      case ENOSYS -> 78;
      case EOVERFLOW -> 84;
      case ENODATA -> 93;
      case EOPNOTSUPP -> 102;
      default -> common(errno);
    };
  }

  /** Those that all Unixes have had since the beginning. */
  private static int common(Errno errno) {
    return switch (errno) {
      case EPERM -> 1;
      case ENOENT -> 2;
      case EINTR -> 4;
      case EIO -> 5;
      case ENXIO -> 6;
      case E2BIG -> 7;
      case EBADF -> 9;
      case EACCES -> 13;
      case EBUSY -> 16;
      case EEXIST -> 17;
      case EXDEV -> 18;
      case ENODEV -> 19;
      case ENOTTY -> 25;
      case ENOTDIR -> 20;
      case EISDIR -> 21;
      case EINVAL -> 22;
      case ENFILE -> 23;
      case EFBIG -> 27;
      case ENOSPC -> 28;
      case EROFS -> 30;
      case EMLINK -> 31;
      case ERANGE -> 34;
      default -> throw new IllegalStateException("no number for " + errno);
    };
  }
}
