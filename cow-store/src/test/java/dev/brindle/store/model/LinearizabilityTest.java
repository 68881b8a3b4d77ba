package dev.brindle.store.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Name;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.model.FakeStore.Bug;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Small histories of concurrent calls: each call is as if it happened at one instant, whatever else
 * the store does. {@code -Dbrindle.full=true} runs many more; {@code -Dbrindle.seed=N} runs those
 * of one seed again and again, since the calls do not meet in the same way each time.
 */
class LinearizabilityTest {
  private static final boolean FULL = Boolean.getBoolean("brindle.full");
  private static final int RUNS_A_STORE = 50;

  /** Many more than it takes to find a planted bug, whatever the seeds and how threads meet. */
  private static final int PLANTED_RUNS_MAX = 20_000;

  /** How the store is set up. */
  enum Configuration {
    DEFAULT(StoreOptions.defaults().withSegmentBlocks(1024)),
    /** What is dirty is flushed at once, and what was read is read again. */
    TINY(new StoreOptions(64L << 10, 64L << 10, 32L << 10, 5, 256));

    final StoreOptions options;

    Configuration(StoreOptions options) {
      this.options = options;
    }
  }

  private final ExecutorService threads = Executors.newFixedThreadPool(ConcurrentRun.threadsMax());

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource
  void store_underConcurrentCalls_answersAsIfOneCameAfterTheOther(Configuration configuration)
      throws Exception {
    Long one = Long.getLong("brindle.seed");
    int stores = FULL ? 400 : 8;
    int histories = 0;
    for (int store = 0; store < stores; store++) {
      histories += onNewStore(configuration, store, one);
    }
    System.out.printf("linearizability, %s: %,d histories%n", configuration, histories);
  }

  private int onNewStore(Configuration configuration, int number, Long onlySeed) throws Exception {
    int histories = 0;
    try (DiskSubject subject = new DiskSubject(configuration.options)) {
      VersionedStore store = subject.store();
      try (BackgroundWork work = new BackgroundWork(store, new Random(number))) {
        for (int run = 0; run < RUNS_A_STORE; run++) {
          long seed = onlySeed != null ? onlySeed : (long) number * RUNS_A_STORE + run;
          histories += run(store, seed, "run " + run);
        }
        assertNull(work.failure());
      }
      assertEquals(List.of(), store.problems(true));
    }
    return histories;
  }

  private int run(VersionedStore store, long seed, String name) throws Exception {
    try {
      return new ConcurrentRun(store, threads, seed).run(Name.of(name));
    } catch (AssertionError e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  @Test
  void model_behindOneLock_isNeverBlamed() throws Exception {
    FakeStore store = new FakeStore(Bug.NONE);
    for (int seed = 0; seed < 200; seed++) {
      run(store, seed, "run " + seed);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*_IN_TWO_STEPS")
  void callInTwoSteps_isFound(Bug bug) {
    long first = Long.getLong("brindle.seed", 0);
    AssertionError found =
        assertThrows(
            AssertionError.class,
            () -> {
              FakeStore store = new FakeStore(bug);
              for (long seed = first; seed < first + PLANTED_RUNS_MAX; seed++) {
                run(store, seed, "run " + seed);
              }
            });
    assertTrue(found.getMessage().contains("no order of the calls"), found.getMessage());
    System.out.println(bug + ": found with " + found.getMessage().lines().findFirst().orElse(""));
  }
}
