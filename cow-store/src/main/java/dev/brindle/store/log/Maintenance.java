package dev.brindle.store.log;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.disk.DiskFullException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.tinylog.Logger;

/**
 * The log's background threads: one cleans after each checkpoint, for at most a share of the time;
 * another prepares the next segment. After an {@link Error} in either, nothing is known of what it
 * was at: the log takes no more appends. The third is {@link EarlyWriteBack}'s.
 */
final class Maintenance {
  /** Half of the time at most is spent on rewriting and deleting. */
  private static final int PAUSE_PER_WORK = 1;

  private static final long CLEAN_INTERVAL_MILLIS = 20_000;

  private final Cleaner cleaner;
  private final Spares spares;
  private final EarlyWriteBack writeBack;
  private final Poison poison;
  private final Thread cleaning = thread("brindle-log-cleaner", this::cleanUntilStopped);
  private final Thread sparing = thread("brindle-log-spare", this::prepareUntilStopped);
  private final Thread writingBack;

  @GuardedBy("this")
  private boolean stopped;

  @GuardedBy("this")
  private boolean cleanWanted = true;

  @GuardedBy("this")
  private boolean spareWanted;

  Maintenance(Cleaner cleaner, Spares spares, EarlyWriteBack writeBack, Poison poison) {
    this.cleaner = cleaner;
    this.spares = spares;
    this.writeBack = writeBack;
    writingBack = thread("brindle-log-write-back", writeBack::run);
    this.poison = poison;
  }

  private static Thread thread(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    return thread;
  }

  void start() {
    cleaning.start();
    sparing.start();
    writeBack.begin();
    writingBack.start();
  }

  /** Ends the threads and waits for them; a rewriting that is going on is finished. */
  void stop() {
    synchronized (this) {
      stopped = true;
      notifyAll();
    }
    Uninterruptibles.joinUninterruptibly(cleaning);
    Uninterruptibles.joinUninterruptibly(sparing);
    writeBack.end();
    Uninterruptibles.joinUninterruptibly(writingBack);
  }

  synchronized void wantClean() {
    cleanWanted = true;
    notifyAll();
  }

  synchronized void wantSpare() {
    spareWanted = true;
    notifyAll();
  }

  private void cleanUntilStopped() {
    while (awaitClean()) {
      if (poison.cause() != null) {
        continue;
      }
      try {
        cleaner.reclaim(this::pauseAfter);
      } catch (IOException | RuntimeException e) {
        Logger.error(e, "cleaning the log failed");
      } catch (Error e) {
        poison.set(e);
        return;
      }
    }
  }

  private void prepareUntilStopped() {
    while (awaitSpare()) {
      try {
        spares.prepareOne();
      } catch (DiskFullException e) {
        Logger.debug("no room for a spare segment: {}", e.getMessage());
      } catch (IOException | RuntimeException e) {
        Logger.error(e, "preparing a segment failed");
      } catch (Error e) {
        poison.set(e);
        return;
      }
    }
  }

  private synchronized boolean awaitClean() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLEAN_INTERVAL_MILLIS);
    while (!stopped && !cleanWanted && deadline - System.nanoTime() > 0) {
      waitUntil(deadline);
    }
    cleanWanted = false;
    return !stopped;
  }

  private synchronized boolean awaitSpare() {
    while (!stopped && !spareWanted) {
      waitUntil(System.nanoTime() + TimeUnit.DAYS.toNanos(1));
    }
    spareWanted = false;
    return !stopped;
  }

  private synchronized boolean pauseAfter(long workNanos) {
    long deadline = System.nanoTime() + workNanos * PAUSE_PER_WORK;
    while (!stopped && deadline - System.nanoTime() > 0) {
      waitUntil(deadline);
    }
    return !stopped;
  }

  /** One wait; the callers loop. */
  @SuppressWarnings("WaitNotInLoop")
  @GuardedBy("this")
  private void waitUntil(long deadline) {
    long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()) + 1;
    try {
      wait(Math.max(1, millis));
    } catch (InterruptedException e) {
      stopped = true;
    }
  }
}
