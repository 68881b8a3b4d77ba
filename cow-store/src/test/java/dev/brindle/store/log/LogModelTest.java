package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.disk.FaultyDisk;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random operations against a map from address to content. */
class LogModelTest {
  private static final int STEPS = Integer.getInteger("brindle.model.steps", 4000);

  @Test
  void randomOperations_withReopeningAndCleaning_matchTheModel() throws Exception {
    long seed = Long.getLong("brindle.seed", System.nanoTime());
    System.out.println("log model: seed " + seed);
    LogHarness harness = new LogHarness(new Random(seed));
    FaultyDisk disk = new FaultyDisk();
    harness.create(disk);
    for (int i = 0; i < STEPS; i++) {
      harness.step(disk);
      if (i % 100 == 0) {
        harness.verify();
      }
    }
    harness.checkpoint();
    harness.log.reclaim();
    harness.verify();
    long live = harness.log.statistics().liveBytes();
    long segment = LogHarness.SEGMENT_BLOCKS * 4096L;
    assertEquals(harness.blocks().size() * 4096L, live);
    assertTrue(
        disk.usedBytes() < live + live / 4 + 4 * segment,
        disk.usedBytes() + " bytes for " + live + " live ones, seed " + seed);
    harness.log.close();
  }
}
