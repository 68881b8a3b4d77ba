package dev.brindle.store.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Where the last reads of a segment's file ended: a read near one of these places goes on with what
 * somebody reads in sequence. So does one near the file's beginning, since long files go on from
 * one segment to the next. Safe for any number of threads.
 */
final class ReadStreams {
  /** As many readers are told apart. */
  private static final int STREAMS = 4;

  /** The kernel has several reads of a stream under way, and they come in any order. */
  private static final long NEAR_BYTES = 1 << 20;

  @GuardedBy("this")
  private final long[] ends = new long[STREAMS];

  @GuardedBy("this")
  private int oldest;

  /**
   * Notes a read of a range, in bytes.
   *
   * @return whether it goes on with another one
   */
  synchronized boolean goesOn(long offset, long length) {
    for (int i = 0; i < STREAMS; i++) {
      if (Math.abs(ends[i] - offset) <= NEAR_BYTES) {
        ends[i] = offset + length;
        return true;
      }
    }
    ends[oldest] = offset + length;
    oldest = (oldest + 1) % STREAMS;
    return offset <= NEAR_BYTES;
  }
}
