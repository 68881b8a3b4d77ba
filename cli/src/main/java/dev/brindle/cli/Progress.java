package dev.brindle.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A line on the terminal that says what takes so long. It appears after a second and goes when the
 * work is done; where standard error is no terminal, nothing is shown at all.
 */
final class Progress implements AutoCloseable {
  private static final boolean ON_TERMINAL = Boolean.getBoolean("brindle.terminal");
  private static final String CLEAR_LINE = "\r\033[K";

  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread thread;

  private Progress(PrintWriter terminal, Supplier<String> doing) {
    thread = new Thread(() -> show(terminal, doing), "progress");
    thread.setDaemon(true);
  }

  /**
   * @param doing asked each second
   */
  static Progress start(PrintWriter terminal, Supplier<String> doing) {
    Progress progress = new Progress(terminal, doing);
    if (ON_TERMINAL) {
      progress.thread.start();
    }
    return progress;
  }

  private void show(PrintWriter terminal, Supplier<String> doing) {
    long start = System.nanoTime();
    boolean shown = false;
    while (!isDone()) {
      Duration passed = Duration.ofNanos(System.nanoTime() - start);
      terminal.print(CLEAR_LINE + doing.get() + " ... " + text(passed) + " (Ctrl-C stops)");
      terminal.flush();
      shown = true;
    }
    if (shown) {
      terminal.print(CLEAR_LINE);
      terminal.flush();
    }
  }

  private boolean isDone() {
    try {
      return done.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private static String text(Duration passed) {
    return String.format(Locale.ROOT, "%d:%02d", passed.toMinutes(), passed.toSecondsPart());
  }

  @Override
  public void close() {
    done.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
