package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Everything that works on a mount until its daemon is killed, and what was acknowledged of it. */
final class LedgerLoad {
  private static final int WRITERS = 3;
  private static final int END_SECONDS = 60;
  private static final int SNAPSHOT_PAUSE_MILLIS = 150;

  /** What is interrupted by the end of the daemon. */
  interface Task {
    void run() throws IOException;
  }

  private final LedgerPrograms programs;
  private final LedgerSnapshots snapshots;
  private final List<LedgerWriter> writers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean stopping;
  private volatile boolean killed;

  /**
   * @param ledger a directory outside the mount
   */
  LedgerLoad(Path root, Path ledger, Random random) throws IOException {
    programs = new LedgerPrograms(root, ledger);
    programs.prepare();
    for (int i = 0; i < WRITERS; i++) {
      LedgerWriter writer = new LedgerWriter(root, "writer" + i, random.nextLong());
      writer.prepare();
      writers.add(writer);
    }
    snapshots = new LedgerSnapshots(root, writers);
  }

  void start() throws IOException {
    stopping = false;
    killed = false;
    writers.forEach(writer -> repeat(0, writer::step));
    repeat(SNAPSHOT_PAUSE_MILLIS, snapshots::step);
    programs.start();
  }

  /** Runs a task again and again until it fails, as it will when the daemon is gone. */
  private void repeat(int pauseMillis, Task step) {
    begin(
        () -> {
          while (!stopping) {
            step.run();
            pause(pauseMillis);
          }
        });
  }

  /** Runs a task beside the rest of the load; that the daemon's end interrupts it is no failure. */
  void begin(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException | RuntimeException | Error e) {
                if (!killed || !(e instanceof IOException)) {
                  failures.add(e);
                }
              }
            });
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  /** The daemon is killed next: from now on, calls may fail. */
  void expectKill() throws IOException {
    programs.expectAlive();
    killed = true;
  }

  /**
   * Waits for the end of everything.
   *
   * @throws AssertionError something hangs, or failed before the daemon was killed
   */
  void stop() throws IOException, InterruptedException {
    stopping = true;
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
      assertFalse(thread.isAlive(), "a file operation hangs");
    }
    threads.clear();
    programs.stop();
    Throwable failure = failures.poll();
    if (failure != null) {
      throw new AssertionError("failed before the daemon was killed", failure);
    }
  }

  /** What was acknowledged is there. */
  void verify() throws IOException {
    for (LedgerWriter writer : writers) {
      writer.verify();
    }
    snapshots.verify();
    programs.verify();
  }

  /** Each program has committed something. */
  void expectCommits() throws IOException {
    programs.expectCommits();
  }

  /** How much was committed, and which snapshots there are. */
  String progress() throws IOException {
    return programs.progress() + ", " + snapshots;
  }

  static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
