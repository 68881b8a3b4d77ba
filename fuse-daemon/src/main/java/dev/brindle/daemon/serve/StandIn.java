package dev.brindle.daemon.serve;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Looks every few milliseconds, while requests come, whether all workers of a mount have been at
 * the same requests since the last look: then nobody receives, and it appoints one. While no
 * request comes it sleeps.
 */
final class StandIn implements Runnable {
  private static final long LOOK_MILLIS = 2;

  /** Looks without a new request after which it sleeps. */
  private static final int LOOKS_MAX = 10;

  private final LongSupplier requests;
  private final Runnable appoint;
  private final LongConsumer pace;

  @GuardedBy("this")
  private boolean ended;

  private volatile boolean watching;

  /**
   * @param requests the number of requests so far, when nobody receives; else -1 minus that
   * @param pace is told at each look how many requests there were since the last one
   */
  StandIn(LongSupplier requests, Runnable appoint, LongConsumer pace) {
    this.requests = requests;
    this.appoint = appoint;
    this.pace = pace;
  }

  /** To be called when a brief request has been counted. */
  void watch() {
    if (!watching) {
      wake();
    }
  }

  private synchronized void wake() {
    watching = true;
    notifyAll();
  }

  synchronized void end() {
    ended = true;
    notifyAll();
  }

  @Override
  public void run() {
    long seen = requests.getAsLong();
    int looks = 0;
    while (pause()) {
      long now = requests.getAsLong();
      looks = now == seen ? looks + 1 : 0;
      if (now == seen && now >= 0) {
        appoint.run();
      }
      pace.accept(count(now) - count(seen));
      seen = now;
      if (looks >= LOOKS_MAX) {
        looks = 0;
        watching = false;
        // who has counted a request before this line saw that somebody watches
        if (requests.getAsLong() != seen || seen >= 0) {
          watching = true;
        }
      }
    }
  }

  private static long count(long requests) {
    return requests < 0 ? -1 - requests : requests;
  }

  /** Until the next look; false at the end. */
  private synchronized boolean pause() {
    try {
      if (watching && !ended) {
        wait(LOOK_MILLIS);
      }
      while (!watching && !ended) {
        wait();
      }
    } catch (InterruptedException e) {
      return false;
    }
    return !ended;
  }
}
