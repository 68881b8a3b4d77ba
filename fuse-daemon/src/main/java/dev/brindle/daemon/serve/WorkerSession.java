package dev.brindle.daemon.serve;

import com.google.common.util.concurrent.Uninterruptibles;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.daemon.transport.TransportSession;
import dev.brindle.store.FirstFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * A mount being served: how many workers receive from it, and its end.
 *
 * <p>There is always one more worker than there are requests being handled, up to a bound: an
 * operation may itself make the kernel ask something of the same mount (taking a snapshot has it
 * write back its dirty pages), and somebody must answer. A few idle workers stay.
 *
 * <p>Except where requests are brief. Of several threads that wait for a request the kernel wakes
 * the one that has waited longest, and to change from thread to thread takes longer than the
 * request does. So while only brief requests come, one worker receives and handles them alone, and
 * the others are kept in reserve. When one takes longer after all, the {@link StandIn} has another
 * receive.
 *
 * <p>The session ends when the kernel says that the file system is unmounted and no file is open
 * any more, whoever unmounted it: receiving fails in each worker, and the last one to leave closes
 * what the transport holds.
 */
public abstract class WorkerSession implements TransportSession {
  private static final int WORKERS_MAX = 256;
  private static final int WORKERS_FAILED_MAX = 16;
  private static final int WORKERS_IDLE_MAX = 8;
  private static final long ABORT_WAIT_MILLIS = 30_000;

  /** So many brief requests in a row, and no other, are alone. */
  private static final int CALM_REQUESTS = 16;

  /** Who receives then: more than one only where many processors make many requests. */
  private static final int CALM_WORKERS =
      Math.max(1, Runtime.getRuntime().availableProcessors() / 4);

  private final String label;
  private final Runnable detach;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<Runnable> endActions = new ArrayList<>();

  @GuardedBy("this")
  private int workers;

  @GuardedBy("this")
  private int idle;

  /** Workers that neither receive nor handle, the last to come first. */
  @GuardedBy("this")
  private final Deque<CountDownLatch> reserve = new ArrayDeque<>();

  @GuardedBy("this")
  private int briefRequests;

  @GuardedBy("this")
  private long requests;

  private final StandIn standIn;

  @GuardedBy("this")
  private int named;

  @GuardedBy("this")
  private int busy;

  @GuardedBy("this")
  private boolean toldOfNoThreads;

  /** Threads of others that use what the transport holds, which must not be closed meanwhile. */
  @GuardedBy("this")
  private int notifying;

  /** Workers that could not receive any more. */
  @GuardedBy("this")
  private int failed;

  @GuardedBy("this")
  private boolean ending;

  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;

  /**
   * @param label for the log and the threads' names
   * @param detach takes the mount point off, whatever uses it
   */
  protected WorkerSession(String label, Runnable detach) {
    this.label = label;
    this.detach = detach;
    this.standIn =
        new StandIn(this::requestsIfNobodyReceives, this::appointWhereNone, this::requestsCame);
  }

  /**
   * Makes a worker and starts it; under this object's monitor.
   *
   * @param number of this one, from 1 on
   * @throws OutOfMemoryError the system gives no more threads, and nothing is left of it
   */
  protected abstract void startWorker(String name, int number);

  /**
   * Called every few milliseconds while brief requests come, and then some times more.
   *
   * @param count how many requests there were since the last call
   */
  protected void requestsCame(long count) {}

  protected abstract Set<Long> nodesOpenForWriting();

  /** Has the kernel write back the dirty pages of a node; what the transport holds stays open. */
  protected abstract void writeBack(long node) throws IOException;

  /** Closes what the transport holds: nobody uses it any more. Under this object's monitor. */
  protected abstract void close();

  protected final String label() {
    return label;
  }

  /** Starts the first worker. */
  protected final synchronized void startServing() {
    startThread(standIn, "fuse-" + label + "-stand-in");
    try {
      startOne();
    } catch (OutOfMemoryError e) {
      standIn.end();
      throw e;
    }
  }

  @GuardedBy("this")
  private void startOne() {
    int number = ++named;
    startWorker("fuse-" + label + "-" + number, number);
    workers++;
    idle++;
  }

  /** Where the system gives no more threads, those that there are go on alone. */
  @GuardedBy("this")
  private void tryStartWorker() {
    try {
      startOne();
    } catch (OutOfMemoryError e) {
      if (!toldOfNoThreads) {
        toldOfNoThreads = true;
        Logger.warn("{}: {} threads serve it, and no more can be had: {}", label, workers, e);
      }
    }
  }

  /**
   * A worker has a request.
   *
   * @param brief whether handling it is short as a rule, and shorter than to wake another thread
   */
  public final synchronized void workerBusy(boolean brief) {
    idle--;
    busy++;
    requests++;
    briefRequests = brief ? Math.min(briefRequests + 1, CALM_REQUESTS) : 0;
    if (brief) {
      standIn.watch();
    } else if (idle == 0) {
      appoint();
    }
  }

  /** Has one more receive, of the reserve or a new one. */
  @GuardedBy("this")
  private void appoint() {
    CountDownLatch waiting = ending ? null : reserve.poll();
    if (waiting != null) {
      idle++;
      waiting.countDown();
    } else if (!ending && workers < WORKERS_MAX) {
      tryStartWorker();
    }
  }

  private synchronized void appointWhereNone() {
    if (idle == 0) {
      appoint();
    }
  }

  /** How many requests there were, when each worker is at one; else negative. */
  private synchronized long requestsIfNobodyReceives() {
    return idle == 0 ? requests : -1 - requests;
  }

  /**
   * A worker has answered. Waits while it is in reserve.
   *
   * @return whether it is to receive again; if not there are enough without it
   */
  public final boolean workerIdle() {
    CountDownLatch called;
    synchronized (this) {
      if (--busy == 0 && stopped) {
        notifyAll();
      }
      if (idle < (briefRequests == CALM_REQUESTS ? CALM_WORKERS : WORKERS_IDLE_MAX) || ending) {
        idle++;
        return true;
      }
      if (idle + reserve.size() >= WORKERS_IDLE_MAX) {
        return false;
      }
      called = new CountDownLatch(1);
      reserve.push(called);
    }
    Uninterruptibles.awaitUninterruptibly(called);
    return true;
  }

  /** A worker was told by the kernel that nothing more will come: the others will be, too. */
  public final synchronized void workerSawEnd() {
    ending = true;
    idle += reserve.size() - 1;
    reserve.forEach(CountDownLatch::countDown);
    reserve.clear();
  }

  /**
   * A worker cannot receive any more, for a reason of its own: another takes its place. Where one
   * after the other fails, that is the end.
   */
  public final synchronized void workerFailed() {
    if (++failed > WORKERS_FAILED_MAX) {
      workerSawEnd();
      return;
    }
    idle--;
    if (idle == 0) {
      appoint();
    }
  }

  /** The last one to leave ends the session. */
  public final void workerEnded() {
    List<Runnable> actions;
    synchronized (this) {
      workers--;
      if (workers > 0) {
        return;
      }
      ending = true;
      standIn.end();
      awaitNotifiers();
      close();
      ended.countDown();
      actions = List.copyOf(endActions);
      endActions.clear();
    }
    actions.forEach(WorkerSession::runSafely);
  }

  @GuardedBy("this")
  private void awaitNotifiers() {
    boolean interrupted = false;
    while (notifying > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void runSafely(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      Logger.error(e, "the end of a mount could not be handled");
    }
  }

  /**
   * Invalidates the pages of each node that is open for writing: the kernel writes a dirty page
   * back and waits for the answer before it drops it. ({@code syncfs} would not do: it starts the
   * writes of a FUSE mount and does not wait for them.)
   */
  @Override
  public final void writeBack() throws IOException {
    FirstFailure failures = new FirstFailure();
    for (long node : nodesOpenForWriting()) {
      if (!beginNotification()) {
        break;
      }
      try {
        writeBack(node);
      } catch (IOException e) {
        // the others' data are as dear
        failures.note(e);
      } finally {
        endNotification();
      }
    }
    failures.throwIfAny();
  }

  /**
   * A thread that is none of the workers is going to use what the transport holds.
   *
   * @return false when the session is at its end, and that may be gone
   */
  protected final synchronized boolean beginNotification() {
    if (ending) {
      return false;
    }
    notifying++;
    return true;
  }

  protected final synchronized void endNotification() {
    notifying--;
    notifyAll();
  }

  protected final synchronized boolean isEnding() {
    return ending;
  }

  /**
   * Starts a thread that the mount cannot do without: where it fails, programs would wait for ever,
   * or go on with what is no longer so, and the mount is stopped.
   */
  protected final void startThread(Runnable task, String name) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (RuntimeException | Error e) {
                Logger.error(e, "{} failed", name);
                stop(e);
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
  }

  /** Whether each request is to be refused with EIO. */
  public final boolean isStopped() {
    return stopped;
  }

  /** Stops the mount, for a fault after which nothing can be trusted. */
  public final void stop(Throwable fault) {
    synchronized (this) {
      if (failure != null) {
        return;
      }
      failure = fault;
      stopped = true;
    }
    Logger.error("{}: the mount is stopped after {}", label, fault.toString());
    Thread thread = new Thread(detach, "detach-" + label);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public final void onEnd(Runnable action) {
    synchronized (this) {
      if (ended.getCount() > 0) {
        endActions.add(action);
        return;
      }
    }
    runSafely(action);
  }

  @Override
  public final boolean awaitEnd(Duration timeout) throws InterruptedException {
    return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public final @Nullable Throwable failure() {
    return failure;
  }

  @Override
  public final synchronized void abort() {
    stopped = true;
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ABORT_WAIT_MILLIS);
    boolean interrupted = false;
    while (busy > 0 && System.nanoTime() < deadline) {
      try {
        wait(100);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (busy > 0) {
      Logger.warn("{}: {} operations were still running when the mount was given up", label, busy);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
