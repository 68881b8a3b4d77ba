package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.control.ControlClient;
import dev.brindle.daemon.transport.TransportKind;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The daemon, killed under a load of writers, git, SQLite and tar: at random, and in the middle of
 * each of its long undertakings, which the dead store's files have to prove. After each kill {@code
 * brindle mount} mounts again by itself, and everything that was acknowledged is there; the ledger
 * of it is outside the mount.
 *
 * <p>{@code -Dbrindle.kills=N} kills N times by each transport, {@code -Dbrindle.transport=NAME} by
 * that one alone; {@code -Dbrindle.seed=N} repeats the choices (not the timing).
 */
final class KillIT {
  private static final int KILLS =
      Integer.getInteger("brindle.kills", Boolean.getBoolean("brindle.full") ? 200 : 6);
  private static final String TRANSPORT = System.getProperty("brindle.transport");
  private static final int CHECK_EVERY = 12;
  private static final int SEGMENT_BLOCKS = 1024;
  private static final int MOMENT_SECONDS = 5;

  /** How often a moment is tried before most of its kills have to have hit it. */
  private static final int TRIALS_MIN = 8;

  /** Kills with which each moment was meant once, but {@link KillMoment#WORK}, which all hit. */
  private static final int ONCE = KillMoment.values().length - 1;

  /** How long a killed daemon takes that does not hang, and one that was let go. */
  private static final int END_SECONDS = 5;

  private static final int LATE_END_SECONDS = 60;

  /** Kills that were meant for a moment, and kills that are known to have hit it. */
  private static final class Tally {
    int meant;
    int hit;
  }

  private final long seed = Long.getLong("brindle.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final Map<KillMoment, Tally> tallies = new EnumMap<>(KillMoment.class);
  private int hung;

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void kill_atAnyMoment_losesNothingThatWasAcknowledged(TransportKind transport) throws Exception {
    Assumptions.assumeTrue(TRANSPORT == null || TRANSPORT.equalsIgnoreCase(transport.name()));
    for (KillMoment moment : KillMoment.values()) {
      tallies.put(moment, new Tally());
    }
    String option = "--transport=" + transport.name().toLowerCase(Locale.ROOT);
    try (MountedStore store = MountedStore.prepared(option)) {
      Store.create(store.store(), StoreOptions.defaults().withSegmentBlocks(SEGMENT_BLOCKS));
      store.mount();
      Path ledger = Files.createDirectory(store.base().resolve("ledger"));
      LedgerLoad load = new LedgerLoad(store.root(), ledger, random);
      Bulk bulk = new Bulk(store.root());
      for (int kill = 0; kill < KILLS; kill++) {
        KillMoment moment = KillMoment.values()[kill % KillMoment.values().length];
        try {
          round(store, option, load, bulk, moment);
        } catch (Exception | AssertionError e) {
          throw new AssertionError(
              "kill %d at %s, seed %d, %s".formatted(kill, moment, seed, load.progress()), e);
        }
        if (kill % CHECK_EVERY == CHECK_EVERY - 1 || kill == KILLS - 1) {
          check(store);
          load.expectCommits();
          System.out.printf(
              "KillIT: %s, %d kills, seed %d, %d hung, hit %s, acknowledged: %s%n",
              transport, kill + 1, seed, hung, hits(), load.progress());
        }
      }
    }
    expectHits();
  }

  private static void check(MountedStore store) {
    store.umount();
    store.awaitEnd();
    Brindle.run("check", "--data", store.store()).expectSuccess();
    store.mount();
  }

  private void round(
      MountedStore store, String transport, LedgerLoad load, Bulk bulk, KillMoment moment)
      throws Exception {
    ProcessHandle daemon = ProcessHandle.of(store.daemonPid()).orElseThrow();
    load.start();
    LedgerLoad.pause(random.nextInt(1_500));
    boolean isUnderWay = reach(moment, store, load, bulk);
    load.expectKill();
    kill(daemon);
    load.stop();
    boolean isHit =
        switch (moment) {
          case WORK -> true;
          case CHECKPOINT -> UnderWay.checkpoint(store.store());
          case REWRITING -> UnderWay.rewriting(store.store());
          case SNAPSHOT_DELETION, UMOUNT -> isUnderWay && UnderWay.open(store.store());
          case RECOVERY -> killInRecovery(store, transport);
        };
    tallies.get(moment).meant++;
    tallies.get(moment).hit += isHit ? 1 : 0;
    store.mount();
    load.verify();
    bulk.verify();
  }

  /** Has the daemon begin what it is to be killed in; whether it was seen at it. */
  private boolean reach(KillMoment moment, MountedStore store, LedgerLoad load, Bulk bulk)
      throws Exception {
    Path files = store.store();
    switch (moment) {
      case CHECKPOINT -> {
        load.begin(() -> withDaemon(store, ControlClient::checkpoint));
        return caught(() -> UnderWay.checkpoint(files), 2);
      }
      case SNAPSHOT_DELETION -> {
        bulk.make();
        try (ControlClient control = ControlClient.connect(files).orElseThrow()) {
          bulk.deleteSnapshot();
          return caught(() -> deletions(control) > 0, 3);
        }
      }
      case REWRITING -> {
        bulk.make();
        bulk.deleteSnapshot();
        load.begin(() -> withDaemon(store, ControlClient::reclaim));
        return caught(() -> UnderWay.rewriting(files), 4);
      }
      case UMOUNT -> {
        load.stop();
        boolean wantsGone = random.nextBoolean();
        load.begin(() -> withDaemon(store, control -> control.umount(store.root(), false)));
        return caught(() -> !wantsGone || !MountedStore.isMounted(store.root()), 20);
      }
      default -> {
        LedgerLoad.pause(random.nextInt(random.nextBoolean() ? 30 : 300));
        return true;
      }
    }
  }

  private static long deletions(ControlClient control) {
    try {
      return control.status().store().deletions();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** What a command asks of the daemon. */
  private interface Ask {
    void ask(ControlClient control) throws IOException;
  }

  private static void withDaemon(MountedStore store, Ask ask) throws IOException {
    try (ControlClient control =
        ControlClient.connect(store.store())
            .orElseThrow(() -> new IOException("the daemon is gone"))) {
      ask.ask(control);
    }
  }

  /** Waits until something is under way, and a moment longer. */
  private boolean caught(BooleanSupplier underWay, int millisMax) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOMENT_SECONDS);
    while (!underWay.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.onSpinWait();
    }
    LedgerLoad.pause(random.nextInt(millisMax));
    return true;
  }

  /**
   * Kills, and waits for the end. A daemon that is killed in the middle of a notification to the
   * kernel may hang there; the next command lets it go.
   */
  private void kill(ProcessHandle daemon) {
    daemon.destroyForcibly();
    if (!MountedStore.ended(daemon, END_SECONDS)) {
      hung++;
      Brindle.ok("version");
      assertTrue(
          MountedStore.ended(daemon, LATE_END_SECONDS), "the daemon was killed and does not end");
    }
  }

  /**
   * Kills a daemon that is just starting, known by what it writes into the store's lock.
   *
   * @return whether it had not come so far as to tell that it was mounted
   */
  private boolean killInRecovery(MountedStore store, String transport) throws Exception {
    String before = UnderWay.lock(store.store());
    Process mount =
        Shell.in(Path.of("/"))
            .start(
                Brindle.command("mount", transport, store.store(), store.root()),
                Redirect.DISCARD,
                Redirect.DISCARD);
    String holder = before;
    while (mount.isAlive() && (holder.isBlank() || holder.equals(before))) {
      LedgerLoad.pause(1);
      holder = UnderWay.lock(store.store());
    }
    assertNotEquals(before, holder, "the store was not opened");
    LedgerLoad.pause(random.nextInt(400));
    ProcessHandle.of(Long.parseLong(holder.split(" ")[1])).ifPresent(this::kill);
    return mount.waitFor() != 0;
  }

  private String hits() {
    StringBuilder text = new StringBuilder();
    tallies.forEach(
        (moment, tally) ->
            text.append(text.length() == 0 ? "" : ", ")
                .append(moment)
                .append(" %d of %d".formatted(tally.hit, tally.meant)));
    return text.toString();
  }

  /** What such a write has told is all that its program hears: no fsync follows. */
  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void kill_afterAsynchronousWritesThatAreSynced_losesNone(TransportKind transport)
      throws IOException {
    String option = "--transport=" + transport.name().toLowerCase(Locale.ROOT);
    try (MountedStore store = MountedStore.mounted(option)) {
      Path program = Programs.compile("asynchronous", store.base());
      Shell shell = store.shell();
      shell.ok("head -c 262144 /dev/zero > file; sync file");
      for (String letter : new String[] {"a", "b", "c"}) {
        shell.ok(program + " file " + letter);
        store.killDaemon();
        store.mount();
        assertEquals("262144", shell.ok("tr -cd " + letter + " < file | wc -c"));
      }
    }
  }

  /**
   * A kill that comes too late or too early tries nothing: most have to hit, and a third of few.
   */
  private void expectHits() {
    int meant = KILLS - tallies.get(KillMoment.WORK).meant;
    int hit =
        tallies.values().stream().mapToInt(tally -> tally.hit).sum()
            - tallies.get(KillMoment.WORK).hit;
    assertTrue(meant < ONCE || 3 * hit >= meant, () -> "most were missed: " + hits());
    tallies.forEach(
        (moment, tally) -> {
          if (tally.meant >= TRIALS_MIN) {
            assertTrue(2 * tally.hit >= tally.meant, () -> moment + " was missed: " + hits());
          }
        });
  }
}
