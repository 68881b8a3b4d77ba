package dev.brindle.store.scrub;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * How fast a scrub reads: at most so many bytes a second, and in the background of others at most a
 * fifth of the time.
 */
final class Pace {
  private static final long NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long it rests for the time that it worked. */
  private static final int REST_PER_WORK = 4;

  private static final long SLEEP_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(100);

  private final long bytesPerSecondMax;
  private final boolean background;
  private final BooleanSupplier stopped;
  private final long began = System.nanoTime();
  private long bytes;
  private long workBegan = began;

  /**
   * @param bytesPerSecondMax 0 for no bound
   */
  Pace(long bytesPerSecondMax, boolean background, BooleanSupplier stopped) {
    this.bytesPerSecondMax = bytesPerSecondMax;
    this.background = background;
    this.stopped = stopped;
  }

  /**
   * Counts what was read, and sleeps as long as that wants.
   *
   * @throws StoppedException the scrub is to end
   */
  void read(long count) throws StoppedException {
    bytes += count;
    long now = System.nanoTime();
    long until = background ? now + REST_PER_WORK * (now - workBegan) : now;
    if (bytesPerSecondMax > 0) {
      until = Math.max(until, began + (long) ((double) bytes / bytesPerSecondMax * NANOS));
    }
    sleepUntil(until);
    workBegan = System.nanoTime();
  }

  private void sleepUntil(long until) throws StoppedException {
    long left = until - System.nanoTime();
    while (left > 0 && !stopped.getAsBoolean()) {
      try {
        TimeUnit.NANOSECONDS.sleep(Math.min(left, SLEEP_NANOS_MAX));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoppedException();
      }
      left = until - System.nanoTime();
    }
    if (stopped.getAsBoolean()) {
      throw new StoppedException();
    }
  }

  long bytes() {
    return bytes;
  }
}
