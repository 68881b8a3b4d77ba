package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.text;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FormatTooNewException;
import dev.brindle.store.IndexLostException;
import dev.brindle.store.Store;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Loss;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A single bit is flipped in what a crash left, wherever the crash came: with redo that is not
 * applied, and with journals that are not applied or half. The store comes back in a state that the
 * crash allows, as far as it can be read, or does not open and says why; nothing that was
 * acknowledged as durable is silently gone. {@code -Dbrindle.full=true} flips 20,000; {@code
 * -Dbrindle.seed=N} chooses others.
 */
class CrashedBitFlipTest {
  private static final int FLIPS =
      Integer.getInteger("brindle.flips", Boolean.getBoolean("brindle.full") ? 20_000 : 300);
  private static final int STEPS = 24;

  /**
   * What a crash left.
   *
   * @param durable the number of the last state that was acknowledged as durable
   * @param last the number of the last state that there can be
   * @param inCheckpoint whether a checkpoint was under way
   */
  private record Left(FaultyDisk disk, int durable, int last, boolean inCheckpoint) {}

  /** All states of the store, in order. */
  private static final List<Map<String, String>> STATES = new ArrayList<>();

  /** The numbers of those that were acknowledged as durable. */
  private static final List<Integer> DURABLE = new ArrayList<>();

  private static final List<Left> LEFT = new ArrayList<>();

  private static int durable;
  private static boolean inCheckpoint;

  private interface Step {
    void run() throws IOException;
  }

  private static void step(Store store, boolean isDurable, Step step) throws IOException {
    step.run();
    STATES.add(Map.copyOf(DamageSurvey.of(store)));
    if (isDurable) {
      durable = STATES.size() - 1;
      DURABLE.add(durable);
    }
  }

  @BeforeAll
  static void makeStores() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    Store.create(disk, CrashRun.OPTIONS);
    Random random = new Random(3);
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      long volume = store.createVolume(name("volume"), 0, 0).id();
      step(store, true, store::sync);
      WritableFileTree tree = store.open(volume);
      disk.observe(operation -> keep(disk, random));
      long[] many = new long[1];
      step(store, false, () -> many[0] = directory(tree, "many"));
      for (int i = 0; i < STEPS; i++) {
        work(store, volume, many[0], i);
      }
      disk.observe(null);
    }
  }

  private static void keep(FaultyDisk disk, Random random) {
    if (inCheckpoint || random.nextInt(3) == 0) {
      Loss loss = random.nextInt(3) == 0 ? Loss.ANY : Loss.NOTHING;
      LEFT.add(new Left(disk.afterCrash(loss, random), durable, STATES.size(), inCheckpoint));
    }
  }

  private static void work(Store store, long volume, long many, int i) throws IOException {
    WritableFileTree tree = store.open(volume);
    long[] file = new long[1];
    step(store, false, () -> file[0] = file(tree, many, "file " + i));
    step(store, false, () -> write(tree, file[0], 0, pattern(i % 3 == 0 ? 200 : 9_000 * i, i)));
    step(store, true, () -> tree.fsync(file[0], false));
    if (i % 4 == 1) {
      step(store, false, () -> tree.unlink(many, name("file " + (i - 1))));
      step(store, true, () -> store.createSnapshot(volume, name("snapshot " + i)));
    }
    if (i % 3 == 2) {
      inCheckpoint = true;
      step(store, true, store::checkpoint);
      inCheckpoint = false;
    }
    if (i == STEPS / 2) {
      step(store, true, () -> store.parts().index().renewCopies(() -> false));
      step(store, true, store::reclaim);
    }
  }

  // ---- Opening

  /** The last of these states that the store is, as far as it can be read. */
  private static Found find(Store store, int from, int to) throws IOException {
    Map<String, String> found = DamageSurvey.of(store);
    AssertionError reason = new AssertionError("in none of the states that there can be");
    for (int i = Math.min(to, STATES.size() - 1); i >= from; i--) {
      try {
        return new Found(i, DamageSurvey.compare(STATES.get(i), found));
      } catch (AssertionError e) {
        reason.addSuppressed(e);
      }
    }
    throw reason;
  }

  private record Found(int state, TreeSet<String> unreadable) {}

  private enum Result {
    WHOLE,
    PARTLY_UNREADABLE,
    REFUSED,
    LAST_GROUP_LOST
  }

  private static Result tryOut(Left left, FlippedBit place) throws IOException {
    FaultyDisk disk = place.on(left.disk);
    Found found;
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      // Of what was synced last nobody can say that it was durable: if it rots, it passes for torn.
      int oldest = place.isInLog() ? durableBefore(left.durable) : left.durable;
      found = find(store, oldest, left.last);
      goOn(store);
    } catch (CorruptStoreException | IndexLostException e) {
      assertTrue(e.getMessage().contains("brindle check"), e::getMessage);
      return Result.REFUSED;
    } catch (FormatTooNewException e) {
      // A version is trusted before a checksum: where that stands is the newer format's affair.
      return Result.REFUSED;
    }
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      assertEquals("text", text(open(store), ROOT, "went on"));
      open(store).unlink(ROOT, name("went on"));
    }
    if (found.state < left.durable) {
      return Result.LAST_GROUP_LOST;
    }
    return found.unreadable.isEmpty() ? Result.WHOLE : Result.PARTLY_UNREADABLE;
  }

  /**
   * The last state that was durable before the one whose group may be lost. What was made durable
   * again without a change (a reclaim) has no group of its own.
   */
  private static int durableBefore(int state) {
    return DURABLE.stream()
        .filter(earlier -> earlier < state && !STATES.get(earlier).equals(STATES.get(state)))
        .max(Integer::compare)
        .orElse(0);
  }

  private static WritableFileTree open(Store store) throws IOException {
    return store.open(store.volume("volume").id());
  }

  private static void goOn(Store store) throws IOException {
    WritableFileTree tree = open(store);
    tree.fsync(file(tree, "went on", "text"), false);
  }

  @Test
  @Timeout(value = 180, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anyBit_flippedAfterACrash_losesNothingSilently() throws IOException {
    long seed = Long.getLong("brindle.seed", 1);
    Random random = new Random(seed);
    int[] results = new int[Result.values().length];
    for (int i = 0; i < FLIPS; i++) {
      Left left = LEFT.get(random.nextInt(LEFT.size()));
      FlippedBit place = FlippedBit.choose(left.disk, random);
      try {
        results[tryOut(left, place).ordinal()]++;
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError(
            "flip %d of seed %d, %s, in a checkpoint: %s, durable %d of %d: %s"
                .formatted(i, seed, place, left.inCheckpoint, left.durable, left.last, e),
            e);
      }
    }
    System.out.printf(
        "%,d bits flipped in what %,d crashes left: %,d times nothing was lost, %,d times something"
            + " was unreadable, %,d times the store did not open, %,d times what was synced last passed for"
            + " torn; seed %d%n",
        FLIPS, LEFT.size(), results[0], results[1], results[2], results[3], seed);
    assertTrue(results[0] > 0 && results[1] > 0 && results[2] > 0);
  }
}
