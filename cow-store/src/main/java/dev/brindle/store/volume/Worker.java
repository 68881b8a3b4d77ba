package dev.brindle.store.volume;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.function.BiConsumer;
import org.tinylog.Logger;

/**
 * A thread of the store that does one kind of work whenever it is woken, or when time has passed.
 */
final class Worker {
  /** The work of one round. */
  interface Work {
    void run() throws IOException;
  }

  private final Thread thread;
  private final long intervalMillis;
  private final Work work;
  private final BiConsumer<String, Throwable> onError;

  @GuardedBy("this")
  private boolean woken;

  @GuardedBy("this")
  private boolean stopped;

  /**
   * @param onError is told of an {@link Error} with the thread's name: after it, nothing is known
   *     of the work's state, and no round follows
   */
  Worker(String name, long intervalMillis, Work work, BiConsumer<String, Throwable> onError) {
    this.onError = onError;
    this.intervalMillis = intervalMillis;
    this.work = work;
    this.thread = new Thread(this::loop, name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Has a round begun soon; one that is under way is followed by another. */
  synchronized void wake() {
    if (!woken) {
      woken = true;
      notifyAll();
    }
  }

  /** True when the work should end early. */
  synchronized boolean isStopped() {
    return stopped;
  }

  /** Ends the thread and waits for the round that is under way. */
  void stop() {
    synchronized (this) {
      stopped = true;
      notifyAll();
    }
    Uninterruptibles.joinUninterruptibly(thread);
  }

  private void loop() {
    while (awaitRound()) {
      try {
        work.run();
      } catch (IOException | RuntimeException e) {
        Logger.error(e, "{} failed and is tried again", thread.getName());
      } catch (Error e) {
        onError.accept(thread.getName(), e);
        return;
      }
    }
  }

  private synchronized boolean awaitRound() {
    try {
      if (!woken && !stopped) {
        wait(intervalMillis);
      }
    } catch (InterruptedException e) {
      stopped = true;
    }
    woken = false;
    return !stopped;
  }
}
