package dev.brindle.daemon;

import dev.brindle.daemon.control.ControlServer;
import dev.brindle.daemon.control.LocalStore;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.control.MountRequest;
import dev.brindle.daemon.transport.Transport;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.tinylog.Logger;

/**
 * The process that serves a store: holds it open, serves its mounts and its control socket, and
 * ends with its last mount or by {@link #close}.
 *
 * <p>The end, whatever began it, is one sequence, run once: no more mounts, all mounts off (which
 * has the kernel hand on what it holds), the control socket away, the store flushed and closed. A
 * second signal meanwhile waits for the same end.
 */
final class Daemon implements Closeable {
  private static final long ANSWERS_WAIT_MILLIS = 10_000;

  private final Store store;
  private final MountRegistry mounts;
  private final AtomicBoolean closing = new AtomicBoolean();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final DaemonCommands commands;
  private final ControlServer control;
  private volatile boolean clean = true;

  private Daemon(Store store, Transport transport) throws IOException {
    this.store = store;
    mounts = new MountRegistry(store, transport, this::close);
    LocalStore local = LocalStore.on(store, mounts.kernelCaches());
    commands = new DaemonCommands(local, mounts);
    control = ControlServer.start(store.directory(), commands);
  }

  /** Opens a store and listens on its control socket; nothing is mounted yet. */
  static Daemon start(Path directory, StoreOptions options, Transport transport)
      throws IOException {
    Store store = Store.open(directory, options);
    try {
      return new Daemon(store, transport);
    } catch (IOException | RuntimeException | Error e) {
      store.close();
      throw e;
    }
  }

  MountReport mount(MountRequest request) throws IOException {
    return mounts.mount(request);
  }

  /** Ends everything; a second caller waits for the end. */
  @Override
  public void close() {
    if (closing.compareAndSet(false, true)) {
      try {
        end();
      } finally {
        closed.countDown();
      }
    } else {
      awaitEnd();
    }
  }

  private void end() {
    try {
      mounts.close();
      closeControl();
    } catch (RuntimeException | Error e) {
      clean = false;
      Logger.error(e, "not all mounts could be taken off");
    }
    try {
      commands.close();
      String loss = store.status().readOnlyReason();
      store.close();
      if (loss == null) {
        Logger.info("the store is closed");
      } else {
        clean = false;
        Logger.error("the store is closed; what was not synced may be lost: {}", loss);
      }
    } catch (IOException | RuntimeException | Error e) {
      clean = false;
      Logger.error(e, "the store could not be closed in order; the next start recovers it");
    }
  }

  private void closeControl() {
    try {
      control.close();
      if (!control.awaitAnswers(ANSWERS_WAIT_MILLIS)) {
        Logger.warn("a command was still running when the daemon ended");
      }
    } catch (IOException e) {
      Logger.warn(e, "the control socket could not be removed");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for the end.
   *
   * @return whether everything was written and closed
   */
  boolean awaitEnd() {
    boolean interrupted = false;
    while (true) {
      try {
        closed.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return clean;
  }
}
