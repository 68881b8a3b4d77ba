package dev.brindle.daemon.kernel;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether to look for the next request for a while before sleeping. To wake a sleeping thread costs
 * more than most requests do; so when requests follow each other closely, one thread at a time
 * looks again and again for the length of the window. What it looks for in vain it gives up at
 * once, until requests have been close again twice: a mount that is idle, or asked now and then,
 * costs nothing.
 */
final class Polling {
  private static final int CLOSE_REQUESTS_MIN = 2;

  /**
   * As long as nobody polls there are two wakings between an answer and the next request, of the
   * program and of the thread here, and either may take as long as a window. Polling leaves one.
   */
  private static final int CLOSE_WINDOWS = 4;

  /** Between two looks lies a microsecond, unless somebody else runs. */
  private static final long LATE_NANOS = 50_000;

  /** Who else runs may have the processor for as long again before this many times it is over. */
  private static final int RESTS_PER_DELAY = 10;

  private final long windowNanos;
  private final AtomicBoolean taken = new AtomicBoolean();
  private volatile long answeredAt = System.nanoTime();
  private volatile int closeRequests;
  private volatile long restUntil = System.nanoTime();

  /**
   * @param windowNanos 0 never polls
   */
  Polling(long windowNanos) {
    this.windowNanos = windowNanos;
  }

  long windowNanos() {
    return windowNanos;
  }

  /** A thread is about to look for a request; true when it may poll, and says when it ends. */
  boolean begin() {
    return closeRequests >= CLOSE_REQUESTS_MIN
        && windowNanos > 0
        && !taken.get()
        && System.nanoTime() - restUntil >= 0
        && taken.compareAndSet(false, true);
  }

  /**
   * A thread has looked in vain.
   *
   * @param before when it looked the last time, by {@link System#nanoTime}
   * @return whether it goes on at all
   */
  boolean isAlone(long before, long now) {
    long delay = now - before;
    if (delay < LATE_NANOS) {
      return true;
    }
    restUntil = now + RESTS_PER_DELAY * delay;
    return false;
  }

  void end(boolean found) {
    if (!found) {
      closeRequests = 0;
    }
    taken.set(false);
  }

  /** A request came to a thread that slept. */
  void received() {
    if (windowNanos == 0) {
      return;
    }
    boolean close = System.nanoTime() - answeredAt < CLOSE_WINDOWS * windowNanos;
    int before = closeRequests;
    closeRequests = close ? Math.min(before + 1, CLOSE_REQUESTS_MIN) : 0;
  }

  void answered() {
    if (windowNanos != 0) {
      answeredAt = System.nanoTime();
    }
  }
}
