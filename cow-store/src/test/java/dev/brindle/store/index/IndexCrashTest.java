package dev.brindle.store.index;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.CrashedException;
import dev.brindle.store.disk.FaultyDisk.Fault;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Crashes an index at every operation of its disk, and again while it recovers. */
final class IndexCrashTest {
  private static final StoreId STORE = new StoreId(1, 2);
  private static final int CHECKPOINTS = 6;
  private static final int CHOICES = 4;

  private final FaultyDisk disk = new FaultyDisk();

  /** What the index may hold after a crash: the checkpoint that was done, or the one under way. */
  private static final class Run {
    IndexModel done = new IndexModel();
    IndexModel underWay = new IndexModel();
    boolean created;

    void to(FaultyDisk disk, long seed) throws IOException {
      Random random = new Random(seed);
      Index index = Index.create(disk, STORE);
      created = true;
      IndexModel model = new IndexModel();
      for (int i = 0; i < CHECKPOINTS; i++) {
        model.change(index, random, 10 + random.nextInt(60));
        underWay = model.copy();
        index.freeze();
        model.change(index, random, random.nextInt(10));
        index.write();
        done = underWay;
      }
    }

    void check(FaultyDisk crashed) throws IOException {
      try (Index index = Index.open(crashed, STORE)) {
        assertTrue(done.isHeldBy(index) || underWay.isHeldBy(index));
        IndexModel model = (done.isHeldBy(index) ? done : underWay).copy();
        model.change(index, new Random(1), 20);
        index.freeze();
        index.write();
        model.assertHeldBy(index);
        model.assertHeldBy(Index.open(crashed.afterCrash(new Random(1)), STORE));
      }
    }
  }

  @Test
  void crash_atEveryOperation_leavesTheLastOrTheInterruptedCheckpoint() throws IOException {
    long seed = Long.getLong("brindle.seed", 42);
    new Run().to(disk, seed);
    long operations = disk.operations();
    int tried = 0;
    for (long at = 0; at < operations; at++) {
      FaultyDisk crashing = new FaultyDisk();
      crashing.fail(at, Fault.CRASH);
      Run run = new Run();
      try {
        run.to(crashing, seed);
      } catch (CrashedException e) {
        // As planned.
      }
      for (int choice = 0; run.created && choice < CHOICES; choice++) {
        tried++;
        try {
          run.check(crashing.afterCrash(new Random(choice)));
          crashWhileRecovering(run, crashing.afterCrash(new Random(choice)), choice);
        } catch (IOException | AssertionError e) {
          throw new AssertionError(
              "seed %d, crash at %d of %d, choice %d".formatted(seed, at, operations, choice), e);
        }
      }
    }
    assertTrue(tried > 100, "only " + tried);
    System.out.println("index: " + tried + " crash points, seed " + seed);
  }

  /** Recovery itself crashes, at each of its operations. */
  private static void crashWhileRecovering(Run run, FaultyDisk crashed, int choice)
      throws IOException {
    for (long at = 0; ; at++) {
      FaultyDisk recovering = crashed.afterProcessDeath();
      recovering.fail(at, Fault.CRASH);
      try (Index index = Index.open(recovering, STORE)) {
        assertTrue(run.done.isHeldBy(index) || run.underWay.isHeldBy(index));
        for (int seed = 0; seed < CHOICES; seed++) {
          run.check(recovering.afterCrash(new Random(seed)));
        }
        return;
      } catch (CrashedException e) {
        if (at % 7 == choice % 7 || at < 3) {
          run.check(recovering.afterCrash(new Random(choice + at)));
        }
      }
    }
  }

  @Test
  void lostOrDamagedJournal_afterACrash_isNeverTakenForAWholeIndex() throws IOException {
    long seed = 42;
    new Run().to(disk, seed);
    int refused = 0;
    for (long at = 0; at < disk.operations(); at++) {
      FaultyDisk crashing = new FaultyDisk();
      crashing.fail(at, Fault.CRASH);
      Run run = new Run();
      try {
        run.to(crashing, seed);
      } catch (CrashedException e) {
        // As planned.
      }
      for (int choice = 0; run.created && choice < CHOICES; choice++) {
        Random random = new Random(at * CHOICES + choice);
        FaultyDisk crashed = crashing.afterCrash(random);
        if (choice == 0) {
          crashed.delete(PageFormat.JOURNAL_FILE);
        } else {
          long bits = crashed.contents(PageFormat.JOURNAL_FILE).length * 8L;
          crashed.flipBit(PageFormat.JOURNAL_FILE, random.nextLong(bits));
        }
        try (Index index = Index.open(crashed, STORE)) {
          assertTrue(
              run.done.isHeldBy(index) || run.underWay.isHeldBy(index),
              "crash at " + at + ", choice " + choice);
        } catch (CorruptStoreException e) {
          refused++;
        }
      }
    }
    assertTrue(refused > 0);
  }
}
