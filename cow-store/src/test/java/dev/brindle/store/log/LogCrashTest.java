package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Power fails at each change of the disk, also while a crash is being recovered from. */
class LogCrashTest {
  private static final int STEPS = 60;

  /** Far fewer changes of the disk than a scenario has on average, which is about a hundred. */
  private static final int POINTS_MIN = 20;

  private static final int SCENARIOS = Integer.getInteger("brindle.crash.scenarios", 4);

  @Test
  void open_afterPowerFailureAtAnyChange_hasEverySyncedGroupAndAPrefixOfTheRest() throws Exception {
    long base = Long.getLong("brindle.seed", System.nanoTime());
    long points = 0;
    for (int scenario = 0; scenario < SCENARIOS; scenario++) {
      long seed = base + scenario;
      long failAt = 1;
      try {
        while (crashesAt(seed, failAt)) {
          failAt++;
        }
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + ", failure at change " + failAt, e);
      }
      points += failAt - 1;
    }
    System.out.println("log: " + points + " crash points, seed " + base);
    assertTrue(points > SCENARIOS * POINTS_MIN);
  }

  /** Returns false when the scenario ended before the failure. */
  private static boolean crashesAt(long seed, long failAt) throws IOException {
    Random random = new Random(seed);
    LogHarness harness = new LogHarness(random);
    FaultyDisk disk = new FaultyDisk();
    harness.create(disk);
    disk.fail(disk.operations() + failAt - 1, FaultyDisk.Fault.CRASH);
    try {
      for (int i = 0; i < STEPS; i++) {
        harness.step(disk);
      }
      return false;
    } catch (FaultyDisk.CrashedException | LogFailedException e) {
      assertTrue(disk.isCrashed());
    }
    Random loss = new Random(seed * 31 + failAt);
    FaultyDisk recovered = recover(harness, afterFailure(disk, loss), loss);
    for (int i = 0; i < 5; i++) {
      harness.step(recovered);
    }
    harness.checkpoint();
    harness.log.reclaim();
    harness.log.close();
    harness.open(recovered);
    harness.log.close();
    return true;
  }

  /** Opens, with failures in the middle of it now and then. */
  private static FaultyDisk recover(LogHarness harness, FaultyDisk disk, Random loss)
      throws IOException {
    FaultyDisk current = disk;
    for (int attempts = 0; attempts < 3 && loss.nextBoolean(); attempts++) {
      current.fail(current.operations() + 1 + loss.nextInt(8) - 1, FaultyDisk.Fault.CRASH);
      try {
        harness.open(current);
        for (int i = 0; i < 3; i++) {
          harness.step(current);
        }
      } catch (FaultyDisk.CrashedException | LogFailedException e) {
        assertTrue(current.isCrashed());
      }
      current = afterFailure(current, loss);
    }
    harness.open(current);
    return current;
  }

  private static FaultyDisk afterFailure(FaultyDisk disk, Random loss) {
    return loss.nextInt(3) == 0 ? disk.revive() : disk.afterCrash(loss);
  }
}
