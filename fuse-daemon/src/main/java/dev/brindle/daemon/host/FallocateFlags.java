package dev.brindle.daemon.host;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.WritableFileTree.FallocateMode;

/**
 * The mode bits of {@code fallocate(2)}; macOS has no such call.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/fallocate.2.html">fallocate(2)</a>
 */
public final class FallocateFlags {
  private static final int KEEP_SIZE = 0x01;
  private static final int PUNCH_HOLE = 0x02;
  private static final int ZERO_RANGE = 0x10;

  private FallocateFlags() {}

  /**
   * @throws FileSystemException EOPNOTSUPP for modes that nobody here knows
   */
  public static FallocateMode mode(int flags) throws FileSystemException {
    return switch (flags) {
      case 0 -> FallocateMode.ALLOCATE;
      case KEEP_SIZE -> FallocateMode.ALLOCATE_KEEP_SIZE;
      case PUNCH_HOLE | KEEP_SIZE -> FallocateMode.PUNCH_HOLE;
      case ZERO_RANGE -> FallocateMode.ZERO_RANGE;
      case ZERO_RANGE | KEEP_SIZE -> FallocateMode.ZERO_RANGE_KEEP_SIZE;
      default -> throw new FileSystemException(Errno.EOPNOTSUPP);
    };
  }
}
