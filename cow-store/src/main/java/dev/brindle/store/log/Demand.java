package dev.brindle.store.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many segments the log is likely to need soon: as many as it took in the last minute. So many
 * dead ones are not deleted. To delete a file that is wanted again a moment later costs the host
 * the freeing and the finding of its space, the noting of both, and, where it tells the disk what
 * is free ({@code mount -o discard}), a multiple of what writing it costs.
 */
final class Demand {
  static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);
  static final long PRESENT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final LongSupplier nanoTime;

  @GuardedBy("this")
  private final Deque<Long> taken = new ArrayDeque<>();

  Demand(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** The log took a segment. */
  synchronized void tookOne() {
    forgetOld();
    taken.addLast(nanoTime.getAsLong());
  }

  /** Segments. */
  synchronized int expected() {
    forgetOld();
    return taken.size();
  }

  /** Whether the log took one in the last five seconds. */
  synchronized boolean isPresent() {
    return !taken.isEmpty() && nanoTime.getAsLong() - taken.getLast() <= PRESENT_NANOS;
  }

  @GuardedBy("this")
  private void forgetOld() {
    long now = nanoTime.getAsLong();
    while (!taken.isEmpty() && now - taken.getFirst() > WINDOW_NANOS) {
      taken.removeFirst();
    }
  }
}
