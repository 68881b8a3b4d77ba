package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.disk.FaultyDisk;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random operations against a map from address to content. */
class LogModelTest {
  private static final int STEPS = Integer.getInteger("brindle.model.steps", 4000);

  /** What a segment's file has beside its data: header, checksums, runs of a rewritten one. */
  private static final int SEGMENT_EXTRA_BLOCKS_MAX = 3;

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
    LogStatistics statistics = harness.log.statistics();
    long live = statistics.liveBytes() / 4096;
    assertEquals(harness.blocks().size(), live);
    long deadMax = live / 4 + LogHarness.SEGMENT_BLOCKS / 4;
    long headAndSpare = 2 * LogHarness.SEGMENT_BLOCKS;
    long extra = (statistics.segments() + 1) * SEGMENT_EXTRA_BLOCKS_MAX;
    long used = disk.usedBytes() / 4096;
    assertTrue(
        used <= live + deadMax + headAndSpare + extra,
        used + " blocks for " + live + " live ones, " + statistics + ", seed " + seed);
    harness.log.close();
  }
}
