package dev.brindle.store.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * What was last read of a segment's file, as stretches without a gap to speak of. One long read
 * comes in several parts and makes a short stretch; a long one is what somebody reads in sequence.
 * Safe for any number of threads.
 */
final class ReadStreams {
  /** As many readers are told apart. */
  private static final int STREAMS = 4;

  /** Between two blocks of a file there may be others: tree nodes, the next group's header. */
  private static final long GAP_BYTES_MAX = 128 << 10;

  /** What a program asks for at once is seldom longer. */
  private static final long ONE_READ_BYTES_MAX = 1 << 20;

  @GuardedBy("this")
  private final long[] starts = new long[STREAMS];

  @GuardedBy("this")
  private final long[] ends = new long[STREAMS];

  @GuardedBy("this")
  private long known;

  /**
   * Notes a read of a range, in bytes. The parts of one read come in any order.
   *
   * @return whether it belongs to a sequence
   */
  synchronized boolean inSequence(long offset, long length) {
    for (int i = 0; i < known && i < STREAMS; i++) {
      boolean goesOn = isNear(ends[i], offset);
      if (goesOn || isNear(starts[i], offset + length)) {
        ends[i] = goesOn ? offset + length : ends[i];
        starts[i] = goesOn ? starts[i] : offset;
        return ends[i] - starts[i] > ONE_READ_BYTES_MAX;
      }
    }
    int oldest = (int) (known++ % STREAMS);
    starts[oldest] = offset;
    ends[oldest] = offset + length;
    return length > ONE_READ_BYTES_MAX;
  }

  private static boolean isNear(long one, long other) {
    return Math.abs(one - other) <= GAP_BYTES_MAX;
  }
}
