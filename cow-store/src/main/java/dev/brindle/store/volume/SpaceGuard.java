package dev.brindle.store.volume;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.disk.Disk;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Refuses what would fill the host's disk, before it is acknowledged. A reserve is kept, so that
 * checkpoints and deletions always have room to give space back.
 */
final class SpaceGuard {
  private static final long REFRESH_NANOS = 50_000_000;

  /** Writers are refused for so long, and then the next one tries the host again. */
  private static final long REFUSAL_NANOS = 200_000_000;

  private static final long INDEX_RESERVE_MIN = 8L << 20;
  private static final long INDEX_RESERVE_MAX = 192L << 20;
  private static final int INDEX_RESERVE_SHARE = 64;

  private final Disk disk;
  private final LongSupplier waitingBytes;
  private final LongSupplier preparedBytes;
  private final long segmentBytes;
  private final Runnable onFull;
  private final AtomicLong admittedBytes = new AtomicLong();
  private volatile Reading reading = new Reading(0, 0, 0, System.nanoTime() - 2 * REFRESH_NANOS);

  /** What the host last said to a request for space, and until when that is taken for the case. */
  private volatile Errno refusal = Errno.ENOSPC;

  private volatile long refusedUntil = System.nanoTime();

  /**
   * What the host said; it is not asked again for some hundredths of a second.
   *
   * @param room beside the reserve, in bytes, for what waits, too
   * @param waiting so much of it was for what waited
   * @param admitted what had been admitted before, in all
   * @param at by {@link System#nanoTime}
   */
  private record Reading(long room, long waiting, long admitted, long at) {}

  /**
   * @param waitingBytes what was acknowledged and takes space when it is flushed or checkpointed
   * @param preparedBytes what the log has allocated and not used
   * @param segmentBytes what the log allocates when that is used up; so much stays free for it
   * @param onFull run whenever there is no room
   */
  SpaceGuard(
      Disk disk,
      LongSupplier waitingBytes,
      LongSupplier preparedBytes,
      long segmentBytes,
      Runnable onFull) {
    this.disk = disk;
    this.waitingBytes = waitingBytes;
    this.preparedBytes = preparedBytes;
    this.segmentBytes = segmentBytes;
    this.onFull = onFull;
  }

  /**
   * What writers may still use, in bytes; not negative. What was admitted since the host was asked
   * counts even when it waits no more: a fast disk takes more than the reserve in that time.
   */
  long availableBytes() throws IOException {
    if (System.nanoTime() - reading.at > REFRESH_NANOS) {
      refresh();
    }
    Reading last = reading;
    long taken = last.waiting + admittedBytes.get() - last.admitted;
    return Math.max(0, last.room - Math.max(taken, waitingBytes.getAsLong()));
  }

  /** Whether an answer is one of those to a full disk. */
  static boolean isFull(FileSystemException answer) {
    return answer.errno() == Errno.ENOSPC || answer.errno() == Errno.EDQUOT;
  }

  /** The host refused space, and its figures do not show why: a quota is not among them. */
  void refusedBy(Errno errno) {
    refusal = errno;
    refusedUntil = System.nanoTime() + REFUSAL_NANOS;
  }

  /**
   * @throws FileSystemException ENOSPC or EDQUOT when there is no room for so many bytes
   */
  void admit(long bytes) throws IOException {
    if (refusedUntil - System.nanoTime() > 0) {
      throw new FileSystemException(
          refusal, "the host gives the store no more space: delete files or snapshots");
    }
    if (availableBytes() < bytes) {
      refresh();
      if (availableBytes() < bytes) {
        onFull.run();
        throw new FileSystemException(
            Errno.ENOSPC, "the disk that holds the store is full: delete files or snapshots");
      }
    }
    admittedBytes.addAndGet(bytes);
  }

  private void refresh() throws IOException {
    long forIndex =
        Math.max(
            INDEX_RESERVE_MIN,
            Math.min(INDEX_RESERVE_MAX, disk.totalBytes() / INDEX_RESERVE_SHARE));
    long reserve = segmentBytes + forIndex;
    long admitted = admittedBytes.get();
    long waiting = waitingBytes.getAsLong();
    long room = disk.freeBytes() + preparedBytes.getAsLong() - reserve;
    reading = new Reading(room, waiting, admitted, System.nanoTime());
  }
}
