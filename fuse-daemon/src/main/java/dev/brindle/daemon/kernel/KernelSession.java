package dev.brindle.daemon.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.daemon.host.ErrnoNumbers;
import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.serve.Faults;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.daemon.transport.TransportSession;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * A mount being served: its descriptors, and the workers that receive from them.
 *
 * <p>There is always one more worker than there are requests being handled, up to a bound: an
 * operation may itself make the kernel ask something of the same mount (taking a snapshot has it
 * write back its dirty pages), and somebody must answer. A few idle workers stay.
 *
 * <p>The session ends when the kernel says that the file system is unmounted and no file is open
 * any more, whoever unmounted it: receiving fails in each worker, and the last one to leave closes
 * the descriptors.
 */
final class KernelSession implements TransportSession, Dispatcher.Mount {
  private static final int WORKERS_MAX = 256;
  private static final int WORKERS_IDLE_MAX = 8;
  private static final int DEVICES_MAX = 8;
  private static final long ABORT_WAIT_MILLIS = 30_000;

  private final String label;
  private final int ioBytesMax;
  private final Runnable detach;
  private final Served served;
  private final Dispatcher dispatcher;
  private final Polling polling;
  private final List<DevicePair> devices = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<Runnable> endActions = new ArrayList<>();

  @GuardedBy("this")
  private int workers;

  @GuardedBy("this")
  private int idle;

  @GuardedBy("this")
  private int named;

  @GuardedBy("this")
  private int busy;

  @GuardedBy("this")
  private boolean toldOfNoThreads;

  /** Threads of others that use a descriptor, which must not be closed meanwhile. */
  @GuardedBy("this")
  private int notifying;

  @GuardedBy("this")
  private boolean ending;

  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;

  /**
   * @param device of a mount that has been negotiated
   * @param label for the log and the threads' names
   * @param detach takes the mount point off, whatever uses it
   */
  KernelSession(
      Device device,
      Served served,
      Negotiation agreed,
      Polling polling,
      String label,
      Runnable detach) {
    this.label = label;
    this.detach = detach;
    this.served = served;
    this.polling = polling;
    ioBytesMax = agreed.ioBytesMax();
    dispatcher = new Dispatcher(new Faults(new ErrnoNumbers(Host.LINUX), label), this, served);
    DevicePair first = DevicePair.first(device);
    devices.add(first);
    int wanted = Math.min(DEVICES_MAX, java.lang.Runtime.getRuntime().availableProcessors());
    for (int i = 1; i < wanted; i++) {
      DevicePair more = first.another();
      if (more != first) {
        devices.add(more);
      }
    }
  }

  /** For tests. */
  Served served() {
    return served;
  }

  synchronized void start() {
    startWorker();
  }

  @GuardedBy("this")
  private void startWorker() {
    DevicePair pair = devices.get(named % devices.size());
    named++;
    Worker worker =
        new Worker(this, pair, dispatcher, polling, ioBytesMax, "fuse-" + label + "-" + named);
    try {
      worker.start();
    } catch (OutOfMemoryError e) {
      worker.free();
      throw e;
    }
    workers++;
    idle++;
  }

  /** Where the system gives no more threads, those that there are go on alone. */
  @GuardedBy("this")
  private void tryStartWorker() {
    try {
      startWorker();
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
   * @param brief whether handling it waits for nothing
   */
  synchronized void workerBusy(boolean brief) {
    idle--;
    busy++;
    if (idle == 0 && !brief && !ending && workers < WORKERS_MAX) {
      tryStartWorker();
    }
  }

  /**
   * A worker has answered.
   *
   * @return false when there are enough without it
   */
  synchronized boolean workerIdle() {
    if (--busy == 0 && stopped) {
      notifyAll();
    }
    if (idle >= WORKERS_IDLE_MAX) {
      return false;
    }
    idle++;
    return true;
  }

  /** A worker was told by the kernel that nothing more will come. */
  synchronized void workerSawEnd() {
    ending = true;
    idle--;
  }

  /** The last one to leave ends the session. */
  void workerEnded() {
    List<Runnable> actions;
    synchronized (this) {
      workers--;
      if (workers > 0) {
        return;
      }
      ending = true;
      awaitNotifiers();
      devices.forEach(DevicePair::close);
      served.replacedFiles().forgetAll();
      ended.countDown();
      actions = List.copyOf(endActions);
      endActions.clear();
    }
    actions.forEach(KernelSession::runSafely);
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

  private interface Notification {
    void send() throws IOException;
  }

  /** Uses a descriptor, unless the session is at its end. */
  private void notify(Notification notification) throws IOException {
    synchronized (this) {
      if (ending) {
        return;
      }
      notifying++;
    }
    try {
      notification.send();
    } finally {
      synchronized (this) {
        notifying--;
        notifyAll();
      }
    }
  }

  /**
   * Invalidates the pages of each node that is open for writing: the kernel writes a dirty page
   * back and waits for the answer before it drops it. ({@code syncfs} would not do: it starts the
   * writes of a FUSE mount and does not wait for them.)
   */
  @Override
  public void writeBack() throws IOException {
    for (long node : served.writableHandles().nodes()) {
      notify(() -> served.notifier().contentChanged(node));
    }
  }

  @Override
  public void share() throws IOException {
    if (served.caching().opensAfresh()) {
      return;
    }
    served.caching(CachingOptions.defaults());
    notify(new Forgetting(served)::run);
  }

  @Override
  public boolean isStopped() {
    return stopped;
  }

  @Override
  public void stop(Error error) {
    synchronized (this) {
      if (failure != null) {
        return;
      }
      failure = error;
      stopped = true;
    }
    Logger.error("{}: the mount is stopped after {}", label, error.toString());
    Thread thread = new Thread(detach, "detach-" + label);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void onEnd(Runnable action) {
    synchronized (this) {
      if (ended.getCount() > 0) {
        endActions.add(action);
        return;
      }
    }
    runSafely(action);
  }

  @Override
  public boolean awaitEnd(Duration timeout) throws InterruptedException {
    return ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public @Nullable Throwable failure() {
    return failure;
  }

  @Override
  public synchronized void abort() {
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
