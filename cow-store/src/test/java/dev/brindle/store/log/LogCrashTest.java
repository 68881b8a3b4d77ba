package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Power fails at each change of the disk, also while a crash is being recovered from. */
class LogCrashTest {
  private static final int STEPS = 60;
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
    assertTrue(points > SCENARIOS * STEPS);
  }

  /** Returns false when the scenario ended before the failure. */
  private static boolean crashesAt(long seed, long failAt) throws IOException {
    Random random = new Random(seed);
    LogHarness harness = new LogHarness(random);
    LossyDisk disk = new LossyDisk();
    harness.create(disk);
    disk.failAt(failAt);
    try {
      for (int i = 0; i < STEPS; i++) {
        harness.step(disk);
      }
      return false;
    } catch (LossyDisk.PowerFailure | LogFailedException e) {
      assertTrue(disk.hasFailed());
    }
    Random loss = new Random(seed * 31 + failAt);
    LossyDisk recovered = recover(harness, afterFailure(disk, loss), loss);
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
  private static LossyDisk recover(LogHarness harness, LossyDisk disk, Random loss)
      throws IOException {
    LossyDisk current = disk;
    for (int attempts = 0; attempts < 3 && loss.nextBoolean(); attempts++) {
      current.failAt(1 + loss.nextInt(8));
      try {
        harness.open(current);
        for (int i = 0; i < 3; i++) {
          harness.step(current);
        }
      } catch (LossyDisk.PowerFailure | LogFailedException e) {
        assertTrue(current.hasFailed());
      }
      current = afterFailure(current, loss);
    }
    harness.open(current);
    return current;
  }

  private static LossyDisk afterFailure(LossyDisk disk, Random loss) {
    return loss.nextInt(3) == 0 ? disk.afterKill() : disk.afterPowerFailure(loss);
  }
}
