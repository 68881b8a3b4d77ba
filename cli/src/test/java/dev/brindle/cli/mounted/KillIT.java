package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.control.ControlClient;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/**
 * The daemon, killed at random moments under a load of writers, git, SQLite and tar. After each
 * kill {@code brindle mount} mounts again by itself, and everything that was acknowledged is there;
 * the ledger of it is outside the mount.
 *
 * <p>{@code -Dbrindle.kills=N} kills N times, {@code -Dbrindle.seed=N} repeats the choices (not the
 * timing).
 */
final class KillIT {
  private static final int WRITERS = 3;
  private static final int KILLS =
      Integer.getInteger("brindle.kills", Boolean.getBoolean("brindle.full") ? 200 : 6);
  private static final int CHECK_EVERY = 25;
  private static final int SEGMENT_BLOCKS = 1024;

  /** What the daemon is at when it is killed. */
  private enum Moment {
    WORK,
    CHECKPOINT,
    SNAPSHOT_DELETION,
    REWRITING,
    UMOUNT,
    RECOVERY
  }

  /** What is interrupted by the end of the daemon. */
  private interface Task {
    void run() throws IOException;
  }

  private final long seed = Long.getLong("brindle.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final List<LedgerWriter> writers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private int stuck;
  private volatile boolean stopping;
  private volatile boolean killed;

  @Test
  void kill_atAnyMoment_losesNothingThatWasAcknowledged() throws Exception {
    try (MountedStore store = MountedStore.prepared()) {
      Store.create(store.store(), StoreOptions.defaults().withSegmentBlocks(SEGMENT_BLOCKS));
      store.mount();
      LedgerPrograms programs = new LedgerPrograms(store.root(), ledger(store));
      LedgerSnapshots snapshots = prepare(store, programs);
      for (int kill = 0; kill < KILLS; kill++) {
        Moment moment = Moment.values()[kill % Moment.values().length];
        try {
          round(store, programs, snapshots, moment);
        } catch (Exception | AssertionError e) {
          throw new AssertionError(
              "kill %d at %s, seed %d, snapshots %s".formatted(kill, moment, seed, snapshots), e);
        }
        if (kill % CHECK_EVERY == CHECK_EVERY - 1) {
          check(store);
        }
      }
      System.out.printf(
          "KillIT: %d kills, seed %d, %d hung, acknowledged: %s%n",
          KILLS, seed, stuck, programs.progress());
    }
  }

  private static Path ledger(MountedStore store) throws IOException {
    return Files.createDirectory(store.base().resolve("ledger"));
  }

  private LedgerSnapshots prepare(MountedStore store, LedgerPrograms programs) throws IOException {
    programs.prepare();
    for (int i = 0; i < WRITERS; i++) {
      LedgerWriter writer = new LedgerWriter(store.root(), "writer" + i, random.nextLong());
      writer.prepare();
      writers.add(writer);
    }
    return new LedgerSnapshots(store.root(), writers);
  }

  private static void check(MountedStore store) {
    store.umount();
    store.awaitEnd();
    Brindle.run("check", "--data", store.store()).expectSuccess();
    store.mount();
  }

  private void round(
      MountedStore store, LedgerPrograms programs, LedgerSnapshots snapshots, Moment moment)
      throws Exception {
    ProcessHandle daemon = daemon(store.store());
    stopping = false;
    killed = false;
    writers.forEach(writer -> repeat(0, writer::step));
    repeat(150, snapshots::step);
    programs.start();
    pause(random.nextInt(1_500));
    switch (moment) {
      case CHECKPOINT -> begin(() -> control(store).checkpoint());
      case SNAPSHOT_DELETION -> begin(snapshots::deleteOldest);
      case REWRITING -> begin(() -> control(store).reclaim());
      case UMOUNT -> {
        stop(programs);
        begin(() -> control(store).umount(store.root(), false));
      }
      default -> pause(random.nextInt(100));
    }
    pause(random.nextInt(random.nextBoolean() ? 30 : 300));
    programs.expectAlive();
    killed = true;
    kill(daemon);
    stop(programs);
    expectNoFailure();
    if (moment == Moment.RECOVERY) {
      killInRecovery(store);
    }
    store.mount();
    verify(programs, snapshots);
  }

  private static ControlClient control(MountedStore store) throws IOException {
    return ControlClient.connect(store.store()).orElseThrow();
  }

  private static ProcessHandle daemon(Path store) throws IOException {
    try (ControlClient control = ControlClient.connect(store).orElseThrow()) {
      long pid = Objects.requireNonNull(control.status().daemon()).pid();
      return ProcessHandle.of(pid).orElseThrow();
    }
  }

  /**
   * Kills, and waits for the end. A daemon that is killed in the middle of a notification to the
   * kernel may hang there; the next command lets it go.
   */
  private void kill(ProcessHandle daemon) {
    daemon.destroyForcibly();
    if (!hasEnded(daemon)) {
      stuck++;
      Brindle.ok("version");
      assertTrue(hasEnded(daemon), "the daemon was killed and does not end");
    }
  }

  private static boolean hasEnded(ProcessHandle daemon) {
    try {
      daemon.onExit().get(5, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Kills a daemon that is just starting, known by what it writes into the store's lock. */
  private void killInRecovery(MountedStore store) throws Exception {
    Path lock = store.store().resolve("lock");
    String before = Files.readString(lock);
    Process mount =
        Shell.in(Path.of("/"))
            .start(
                Brindle.command("mount", store.store(), store.root()),
                Redirect.DISCARD,
                Redirect.DISCARD);
    String holder = before;
    while (mount.isAlive() && (holder.isBlank() || holder.equals(before))) {
      pause(1);
      holder = Files.readString(lock);
    }
    assertNotEquals(before, holder, "the store was not opened");
    pause(random.nextInt(400));
    ProcessHandle.of(Long.parseLong(holder.split(" ")[1])).ifPresent(this::kill);
    mount.waitFor();
  }

  private void verify(LedgerPrograms programs, LedgerSnapshots snapshots) throws IOException {
    for (LedgerWriter writer : writers) {
      writer.verify();
    }
    snapshots.verify();
    programs.verify();
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

  private void begin(Task task) {
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

  private void stop(LedgerPrograms programs) throws Exception {
    stopping = true;
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(60));
      assertFalse(thread.isAlive(), "a file operation hangs");
    }
    threads.clear();
    programs.stop();
  }

  /** Until the daemon is killed, nothing fails. */
  private void expectNoFailure() {
    Throwable failure = failures.poll();
    if (failure != null) {
      throw new AssertionError("failed before the daemon was killed", failure);
    }
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
