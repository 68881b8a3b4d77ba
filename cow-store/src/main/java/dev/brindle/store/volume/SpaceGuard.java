package dev.brindle.store.volume;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.disk.Disk;
import java.io.IOException;
import java.util.function.LongSupplier;

/**
 * Refuses what would fill the host's disk, before it is acknowledged. A reserve is kept, so that
 * checkpoints and deletions always have room to give space back.
 */
final class SpaceGuard {
  private static final long REFRESH_NANOS = 50_000_000;
  private static final long RESERVE_MIN = 24L << 20;
  private static final long RESERVE_MAX = 256L << 20;
  private static final int RESERVE_SHARE = 32;

  private final Disk disk;
  private final LongSupplier waitingBytes;
  private final LongSupplier preparedBytes;
  private volatile long available;
  private volatile long readAt = System.nanoTime() - 2 * REFRESH_NANOS;

  /**
   * @param waitingBytes what was acknowledged and takes space when it is flushed or checkpointed
   * @param preparedBytes what the log has allocated and not used
   */
  SpaceGuard(Disk disk, LongSupplier waitingBytes, LongSupplier preparedBytes) {
    this.disk = disk;
    this.waitingBytes = waitingBytes;
    this.preparedBytes = preparedBytes;
  }

  /** What writers may still use, in bytes; not negative. */
  long availableBytes() throws IOException {
    if (System.nanoTime() - readAt > REFRESH_NANOS) {
      refresh();
    }
    return Math.max(0, available - waitingBytes.getAsLong());
  }

  /**
   * @throws FileSystemException ENOSPC when there is no room for so many bytes
   */
  void admit(long bytes) throws IOException {
    if (availableBytes() < bytes) {
      refresh();
      if (availableBytes() < bytes) {
        throw new FileSystemException(
            Errno.ENOSPC, "the disk that holds the store is full: delete files or snapshots");
      }
    }
  }

  private void refresh() throws IOException {
    long reserve = Math.max(RESERVE_MIN, Math.min(RESERVE_MAX, disk.totalBytes() / RESERVE_SHARE));
    available = disk.freeBytes() + preparedBytes.getAsLong() - reserve;
    readAt = System.nanoTime();
  }
}
