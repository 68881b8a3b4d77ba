package dev.brindle.daemon.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.daemon.host.Processes;
import dev.brindle.daemon.kernel.Wire.OutHeader;
import dev.brindle.daemon.serve.NativeBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Requests whose callers have got a signal (FUSE_INTERRUPT). One that is about to be killed is let
 * go; any other waits on, as for a disk: that a timer or a child's end cuts off the reading or
 * writing of a file (EINTR) is not what programs expect. The kernel tells of a caller's first
 * signal only, so those that wait on are looked at again and again.
 *
 * <p>A request may be told of before the worker that has it has said so, or after its answer.
 */
final class Interrupts {
  private static final long AGAIN_MILLIS = 50;
  private static final long UNSERVED_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  /** A request, and when a worker was last seen at it. */
  private static final class Signalled {
    final long unique;
    long seenNanos = System.nanoTime();

    Signalled(long unique) {
      this.unique = unique;
    }

    boolean isUnserved() {
      return System.nanoTime() - seenNanos > UNSERVED_NANOS_MAX;
    }
  }

  private final Set<Worker> workers = ConcurrentHashMap.newKeySet();
  private final NativeBuffer memory = new NativeBuffer(OutHeader.BYTES);

  @GuardedBy("this")
  private final List<Signalled> signalled = new ArrayList<>();

  @GuardedBy("this")
  private boolean ended;

  void enter(Worker worker) {
    workers.add(worker);
  }

  void leave(Worker worker) {
    workers.remove(worker);
  }

  /** The caller of a request has got a signal. */
  synchronized void add(long unique) {
    signalled.add(new Signalled(unique));
    notifyAll();
  }

  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Waits until there is something to look at; false at the end. */
  synchronized boolean await() {
    try {
      while (signalled.isEmpty() && !ended) {
        wait();
      }
      return !ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Lets go of those whose callers are being killed. One thread calls this. */
  void look() {
    for (Signalled one : requests()) {
      if (isDone(one)) {
        remove(one);
      }
    }
  }

  private synchronized List<Signalled> requests() {
    return List.copyOf(signalled);
  }

  private synchronized void remove(Signalled one) {
    signalled.remove(one);
  }

  /** Waits a moment where some wait on. */
  synchronized void pause() {
    try {
      if (!signalled.isEmpty() && !ended) {
        wait(AGAIN_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isDone(Signalled one) {
    for (Worker worker : workers) {
      ServedRequest served = worker.served();
      if (served != null && served.unique() == one.unique) {
        one.seenNanos = System.nanoTime();
        return letGoIfKilled(served);
      }
    }
    return one.isUnserved();
  }

  private boolean letGoIfKilled(ServedRequest request) {
    boolean killed = Processes.isBeingKilled(request.caller());
    if (killed) {
      request.letGo(memory);
    }
    return killed;
  }
}
