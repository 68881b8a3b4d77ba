package dev.brindle.store.model;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The whole store is crashed at every operation on its disk. {@code -Dbrindle.full=true} tries each
 * with more choices of what is lost, and many random sequences; {@code -Dbrindle.seed=N} runs one
 * again.
 */
class StoreCrashTest {
  private static final boolean FULL = Boolean.getBoolean("brindle.full");

  private static final CrashEffort EFFORT =
      FULL ? new CrashEffort(1, 8, 0.03, 10) : new CrashEffort(0.5, 1, 0.01, 10);

  private static final AtomicLong TRIED = new AtomicLong();

  @AfterAll
  static void printCount() {
    System.out.println("store: " + TRIED + " crash points");
  }

  @ParameterizedTest
  @EnumSource
  void store_crashedAtEveryOperation_comesBackAsPromised(CrashScenario scenario) {
    long first = Long.getLong("brindle.seed", 1);
    long count = FULL && System.getProperty("brindle.seed") == null ? 3 : 1;
    for (long seed = first; seed < first + count; seed++) {
      count(new CrashRun(scenario.name(), seed, EFFORT).run(scenario::onNewVolume));
    }
  }

  @Test
  void store_crashedAtEveryOperationOfRandomOnes_comesBackAsPromised() {
    Long one = Long.getLong("brindle.seed");
    List<Long> seeds = one != null ? List.of(one) : RandomOperations.seeds("crash", FULL ? 40 : 3);
    for (long seed : seeds) {
      count(new CrashRun("random", seed, EFFORT).run(StoreCrashTest::random));
    }
  }

  private static void count(CrashPoints points) {
    TRIED.addAndGet(points.tried());
    assertTrue(points.tried() > 10);
  }

  private static void random(Script script, FaultyDisk disk) throws IOException {
    script.volume("volume");
    Random random = script.random();
    for (int i = 0; i < 120; i++) {
      Operation.Step step = Operation.randomWithoutCrash(random);
      if (step.operation() != Operation.FILL && step.operation() != Operation.SCATTER) {
        step.run(script.lockstep());
      }
    }
  }
}
