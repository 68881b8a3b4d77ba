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
  private static final long INDEX_RESERVE_MIN = 8L << 20;
  private static final long INDEX_RESERVE_MAX = 192L << 20;
  private static final int INDEX_RESERVE_SHARE = 64;

  private final Disk disk;
  private final LongSupplier waitingBytes;
  private final LongSupplier preparedBytes;
  private final long segmentBytes;
  private volatile long available;
  private volatile long readAt = System.nanoTime() - 2 * REFRESH_NANOS;

  /**
   * @param waitingBytes what was acknowledged and takes space when it is flushed or checkpointed
   * @param preparedBytes what the log has allocated and not used
   * @param segmentBytes what the log allocates when that is used up; so much stays free for it
   */
  SpaceGuard(Disk disk, LongSupplier waitingBytes, LongSupplier preparedBytes, long segmentBytes) {
    this.disk = disk;
    this.waitingBytes = waitingBytes;
    this.preparedBytes = preparedBytes;
    this.segmentBytes = segmentBytes;
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
    long forIndex =
        Math.max(
            INDEX_RESERVE_MIN,
            Math.min(INDEX_RESERVE_MAX, disk.totalBytes() / INDEX_RESERVE_SHARE));
    long reserve = segmentBytes + forIndex;
    available = disk.freeBytes() + preparedBytes.getAsLong() - reserve;
    readAt = System.nanoTime();
  }
}
