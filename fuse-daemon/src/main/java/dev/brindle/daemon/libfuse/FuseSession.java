package dev.brindle.daemon.libfuse;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.daemon.host.ErrnoNumbers;
import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.serve.Faults;
import dev.brindle.daemon.serve.ReplacedFiles;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.daemon.transport.TransportSession;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.Errno;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * A mount being served: libfuse's session and channel, and the workers that receive from it.
 *
 * <p>There is always one more worker than there are requests being handled, up to a bound: an
 * operation may itself make the kernel ask something of the same mount (taking a snapshot has it
 * write back its dirty pages), and somebody must answer. A few idle workers stay.
 *
 * <p>The session ends when the kernel says that the file system is unmounted and no file is open
 * any more, whoever unmounted it: receiving fails in each worker, and the last one to leave frees
 * libfuse's objects.
 */
final class FuseSession implements TransportSession, Dispatcher.Mount {
  private static final int WORKERS_MAX = 256;
  private static final int WORKERS_IDLE_MAX = 8;
  private static final long ABORT_WAIT_MILLIS = 30_000;

  private final FuseLibrary library;
  private final CachingOptions caching;
  private final String label;
  private final int interruptedNumber;
  private final int unknownNumber;
  private final Runnable detach;
  private final Operations operations;
  private final OperationTable table = new OperationTable();
  private final ReplacedFiles replacedFiles;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final List<Runnable> endActions = new ArrayList<>();

  private long session;
  private long channel;
  private int receiveBytes;
  private int workers;
  private int idle;
  private int named;
  private int busy;

  /** Threads of others that use the channel, which must not be freed meanwhile. */
  private int notifying;

  private boolean ending;
  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;

  /**
   * @param label for the log and the threads' names
   * @param detach takes the mount point off, whatever uses it
   */
  FuseSession(
      FuseLibrary library,
      InodeFileSystem fileSystem,
      Host host,
      CachingOptions caching,
      String label,
      Runnable detach) {
    this.library = library;
    this.detach = detach;
    this.caching = caching;
    this.label = label;
    ErrnoNumbers numbers = new ErrnoNumbers(host);
    interruptedNumber = numbers.of(Errno.EINTR);
    unknownNumber = numbers.of(Errno.ENOENT);
    operations = new Operations(fileSystem, host, this::attributesChanged);
    replacedFiles = operations.replacedFiles();
    XattrOperations xattrs = new XattrOperations(fileSystem, host);
    new Dispatcher(new Faults(numbers, label), this).register(table, operations, xattrs);
  }

  OperationTable table() {
    return table;
  }

  /** Takes over libfuse's objects and starts the first worker. */
  synchronized void start(long newSession, long newChannel) {
    session = newSession;
    channel = newChannel;
    receiveBytes = Math.toIntExact(library.fuse_chan_bufsize(channel));
    startWorker();
  }

  long session() {
    return session;
  }

  long channel() {
    return channel;
  }

  ReplacedFiles replacedFiles() {
    return replacedFiles;
  }

  int interruptedNumber() {
    return interruptedNumber;
  }

  private void startWorker() {
    Reply reply = new Reply(library, caching);
    Worker worker = new Worker(this, library, receiveBytes, reply, "fuse-" + label + "-" + ++named);
    workers++;
    idle++;
    worker.start();
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
      startWorker();
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
      awaitNotifiers();
      library.fuse_session_destroy(session);
      session = 0;
      replacedFiles.forgetAll();
      ended.countDown();
      actions = List.copyOf(endActions);
      endActions.clear();
    }
    actions.forEach(FuseSession::runSafely);
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

  private void attributesChanged(long node) {
    library.fuse_lowlevel_notify_inval_inode(channel, node, -1, 0);
  }

  /**
   * Invalidates the pages of each node that is open for writing: the kernel writes a dirty page
   * back and waits for the answer before it drops it. ({@code syncfs} would not do: it starts the
   * writes of a FUSE mount and does not wait for them.)
   */
  @Override
  public void writeBack() throws IOException {
    for (long node : operations.nodesOpenForWriting()) {
      if (!notifyDirtyPages(node)) {
        return;
      }
    }
  }

  /**
   * @return false when the session has ended
   */
  private boolean notifyDirtyPages(long node) throws IOException {
    long to;
    synchronized (this) {
      if (session == 0 || ending) {
        return false;
      }
      to = channel;
      notifying++;
    }
    try {
      int result = library.fuse_lowlevel_notify_inval_inode(to, node, 0, 0);
      if (result != 0 && result != -unknownNumber && !isEnding()) {
        throw new IOException(label + ": the kernel refuses to write back, error " + -result);
      }
      return true;
    } finally {
      synchronized (this) {
        notifying--;
        notifyAll();
      }
    }
  }

  private synchronized boolean isEnding() {
    return ending;
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
