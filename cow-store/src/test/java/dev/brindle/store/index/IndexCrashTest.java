package dev.brindle.store.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.IndexLostException;
import dev.brindle.store.OlderStateException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.DiskFullException;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.CrashedException;
import dev.brindle.store.disk.FaultyDisk.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Crashes an index at every operation of its disk, and again while it recovers. */
final class IndexCrashTest {
  private static final StoreId STORE = new StoreId(1, 2);
  private static final boolean FULL = Boolean.getBoolean("brindle.full");
  private static final int CHECKPOINTS = FULL ? 8 : 4;
  private static final int CHOICES = FULL ? 6 : 2;

  private final FaultyDisk disk = new FaultyDisk();

  /** What the index may hold after a crash: the checkpoint that was done, or the one under way. */
  private static final class Run {
    IndexModel done = new IndexModel();
    IndexModel underWay = new IndexModel();
    final List<IndexModel> earlier = new ArrayList<>();
    boolean created;

    /** Whether the disk is full for a while, so that the copies are given up. */
    boolean withoutCopies;

    void to(FaultyDisk disk, long seed) throws IOException {
      Random random = new Random(seed);
      Index index = Index.create(disk, STORE);
      created = true;
      earlier.add(done);
      IndexModel model = new IndexModel();
      for (int i = 0; i < CHECKPOINTS; i++) {
        checkpoint(index, model, random);
        if (withoutCopies && i == 0) {
          giveUpCopies(disk, index, model, random);
        } else if (!withoutCopies && i % 2 == 1) {
          index.copy(
              () -> {
                checkpointUnchecked(index, model, random);
                return false;
              });
        }
      }
    }

    private void giveUpCopies(FaultyDisk disk, Index index, IndexModel model, Random random)
        throws IOException {
      disk.setCapacity(0);
      try {
        checkpoint(index, model, random);
        fail("a checkpoint on a full disk");
      } catch (DiskFullException e) {
        disk.setCapacity(Long.MAX_VALUE);
        index.write();
        done = underWay;
      }
    }

    private void checkpoint(Index index, IndexModel model, Random random) throws IOException {
      model.change(index, random, 10 + random.nextInt(60));
      underWay = model.copy();
      earlier.add(underWay);
      index.freeze();
      model.change(index, random, random.nextInt(10));
      index.write();
      done = underWay;
    }

    /** In the middle of a base, each time that it asks whether to go on. */
    private void checkpointUnchecked(Index index, IndexModel model, Random random) {
      try {
        checkpoint(index, model, random);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** The index as it is, and one that is made from the copies, hold what they may. */
    void check(FaultyDisk crashed) throws IOException {
      FaultyDisk lost = crashed.afterProcessDeath();
      checkOpened(crashed);
      lost.delete(PageFormat.INDEX_FILE);
      assertThrows(IndexLostException.class, () -> Index.open(lost, STORE));
      Index.rebuild(lost, STORE);
      lost.delete(PageFormat.INDEX_FILE);
      Index.rebuild(lost, STORE);
      checkOpened(lost);
    }

    boolean isOneOfItsCheckpoints(Index index) throws IOException {
      for (IndexModel model : earlier) {
        if (model.isHeldBy(index)) {
          return true;
        }
      }
      return false;
    }

    private void checkOpened(FaultyDisk crashed) throws IOException {
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
      } catch (UncheckedIOException e) {
        assertInstanceOf(CrashedException.class, e.getCause());
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
          run.checkOpened(recovering.afterCrash(new Random(seed)));
        }
        return;
      } catch (CrashedException e) {
        if (at % 7 == choice % 7 || at < 3) {
          run.checkOpened(recovering.afterCrash(new Random(choice + at)));
        }
      }
    }
  }

  /**
   * A process dies with the journal in the host's memory alone; while the next one repeats it, the
   * host crashes and takes it away. Copies would make that good; there are none.
   */
  @Test
  void journalThatTheHostStillHad_isDurable_beforeItIsRepeated() throws IOException {
    assertEquals(0, brokenAfterTwoCrashes(false));
    assertTrue(brokenAfterTwoCrashes(true) > 0, "the sync of the journal is not missed");
  }

  private static int brokenAfterTwoCrashes(boolean withoutSync) throws IOException {
    int broken = 0;
    for (long at = 20; ; at += FULL ? 1 : 3) {
      Run run = new Run();
      run.withoutCopies = true;
      FaultyDisk crashing = new FaultyDisk();
      crashing.fail(at, Fault.CRASH);
      try {
        run.to(crashing, 42);
        return broken;
      } catch (CrashedException e) {
        // As planned.
      }
      FaultyDisk alive = crashing.fork();
      List<FaultyDisk> crashed = new ArrayList<>();
      alive.ignoreSyncs(file -> withoutSync && file.endsWith(".journal"));
      alive.observe(
          operation -> {
            for (int seed = 0; seed < CHOICES; seed++) {
              crashed.add(alive.afterCrash(new Random(operation * CHOICES + seed)));
            }
          });
      Index.open(alive, STORE).close();
      alive.observe(null);
      for (FaultyDisk each : crashed) {
        try {
          run.checkOpened(each);
        } catch (IOException | AssertionError e) {
          broken++;
        }
      }
    }
  }

  @Test
  void rebuild_thatCrashesAnywhere_leavesTheIndexOrIsRepeated() throws IOException {
    Run run = new Run();
    run.to(disk, 42);
    disk.delete(PageFormat.INDEX_FILE);
    disk.syncDirectory("");
    int tried = 0;
    for (long at = 0; ; at++) {
      FaultyDisk crashing = disk.afterProcessDeath();
      crashing.fail(at, Fault.CRASH);
      try {
        Index.rebuild(crashing, STORE);
        assertTrue(tried > 20, "only " + tried);
        return;
      } catch (CrashedException e) {
        tried++;
        FaultyDisk crashed = crashing.afterCrash(new Random(at));
        if (!crashed.exists(PageFormat.INDEX_FILE)) {
          Index.rebuild(crashed, STORE);
        }
        run.checkOpened(crashed);
      }
    }
  }

  @Test
  void copiesLostAtAnyMoment_orDamaged_areNeverTakenForAWholeIndex() throws IOException {
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
      } catch (UncheckedIOException e) {
        assertInstanceOf(CrashedException.class, e.getCause());
      }
      for (int choice = 0; run.created && choice < CHOICES; choice++) {
        Random random = new Random(at * CHOICES + choice);
        FaultyDisk crashed = crashing.afterCrash(random);
        damageCopies(crashed, choice, random);
        FaultyDisk lost = crashed.afterProcessDeath();
        try (Index index = Index.open(crashed, STORE)) {
          assertTrue(
              run.done.isHeldBy(index) || run.underWay.isHeldBy(index),
              "crash at " + at + ", choice " + choice);
        } catch (CorruptStoreException | IndexLostException e) {
          refused++;
        }
        lost.delete(PageFormat.INDEX_FILE);
        refused += rebuildOrRefuse(lost, run, choice > 0);
      }
    }
    assertTrue(refused > 0);
  }

  private static void damageCopies(FaultyDisk crashed, int choice, Random random)
      throws IOException {
    List<String> names = crashed.list(CopyFiles.DIRECTORY);
    String name = CopyFiles.DIRECTORY + "/" + names.get(random.nextInt(names.size()));
    if (choice == 0) {
      crashed.delete(name);
    } else if (crashed.contents(name).length > 0) {
      crashed.flipBit(name, random.nextLong(crashed.contents(name).length * 8L));
    }
  }

  /** What is made from damaged copies is whole, or is not made; a lost tail cannot be seen. */
  private static int rebuildOrRefuse(FaultyDisk lost, Run run, boolean hasAllFiles)
      throws IOException {
    try {
      Index.rebuild(lost, STORE);
    } catch (CorruptStoreException | OlderStateException e) {
      return 1;
    }
    try (Index index = Index.open(lost, STORE)) {
      assertTrue(!hasAllFiles || run.isOneOfItsCheckpoints(index), "a mixture of checkpoints");
      return 0;
    } catch (CorruptStoreException | IndexLostException e) {
      // A page of which no copy is sound is damaged, and is said to be.
      return 1;
    }
  }
}
