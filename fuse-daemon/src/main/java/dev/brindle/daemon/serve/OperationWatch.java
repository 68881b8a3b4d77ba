package dev.brindle.daemon.serve;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.tinylog.Logger;

/**
 * Watches the operations of a daemon's mounts, and logs those that take longer than they may: each
 * once, with its inode, its thread and the thread's stack, and once more when it has ended after
 * all. So a disk or a lock that hangs is in the log before anybody has to look into the process.
 */
public final class OperationWatch {
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** One for the process, whose threads serve one operation at a time. */
  private static final class OfProcess {
    static final OperationWatch WATCH = new OperationWatch(SLOW_NANOS, Logger::warn);
  }

  /** An operation that is going on; its text is made only where it is told of. */
  private static final class Running {
    private final String mount;
    private final String operation;
    private final long node;
    final long began = System.nanoTime();
    volatile boolean told;

    Running(String mount, String operation, long node) {
      this.mount = mount;
      this.operation = operation;
      this.node = node;
    }

    @Override
    public String toString() {
      return mount + ": " + operation + " of node " + node;
    }
  }

  private final long slowNanos;
  private final Consumer<String> log;
  private final Map<Thread, Running> running = new ConcurrentHashMap<>();

  OperationWatch(long slowNanos, Consumer<String> log) {
    this.slowNanos = slowNanos;
    this.log = log;
    Thread watcher = new Thread(this::watch, "operation-watch");
    watcher.setDaemon(true);
    watcher.start();
  }

  public static OperationWatch ofProcess() {
    return OfProcess.WATCH;
  }

  /**
   * The calling thread begins an operation; it ends it by {@link #end}.
   *
   * @param mount for the log
   */
  public void begin(String mount, String operation, long node) {
    running.put(Thread.currentThread(), new Running(mount, operation, node));
  }

  public void end() {
    Running ended = running.remove(Thread.currentThread());
    if (ended != null && ended.told) {
      double seconds = (System.nanoTime() - ended.began) / 1e9;
      log.accept(String.format(Locale.ROOT, "%s has ended after %.1f s", ended, seconds));
    }
  }

  private void watch() {
    try {
      while (true) {
        TimeUnit.NANOSECONDS.sleep(slowNanos / 4);
        running.forEach(this::look);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(Thread thread, Running operation) {
    if (operation.told || System.nanoTime() - operation.began < slowNanos) {
      return;
    }
    operation.told = true;
    StringBuilder text = new StringBuilder(operation.toString());
    text.append(" takes longer than ").append(TimeUnit.NANOSECONDS.toSeconds(slowNanos));
    text.append(" s on thread ").append(thread.getName()).append(", which is at");
    for (StackTraceElement frame : thread.getStackTrace()) {
      text.append("\n    ").append(frame);
    }
    log.accept(text.toString());
  }
}
