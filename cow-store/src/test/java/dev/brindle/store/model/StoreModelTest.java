package dev.brindle.store.model;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brindle.store.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The store against the model: random operations, in several configurations. {@code
 * -Dbrindle.full=true} runs many more; {@code -Dbrindle.seed=N} runs one sequence again, {@code
 * -Dbrindle.configuration=NAME} one configuration.
 */
class StoreModelTest {
  private static final int STEPS = 1_000;
  private static final long SHRINK_MILLIS_MAX = 60_000;

  /** How the store is set up. */
  enum Configuration {
    DEFAULT(StoreOptions.defaults(), true),
    /** Segments of 1 MiB: they fill, die and are rewritten all the time. */
    SMALL_SEGMENTS(new StoreOptions(8L << 20, 4L << 20, 8L << 20, 200, 256), true),
    /** Nothing stays in memory for long. */
    TINY_CACHES(new StoreOptions(64L << 10, 64L << 10, 1L << 20, 50, 1024), true),
    /** Every write waits for the one before. */
    TINY_DIRTY_BOUND(new StoreOptions(4L << 20, 1L << 20, 32L << 10, 1_000, 512), true),
    /** Only what is asked for is made durable. */
    NO_CHECKPOINTS(new StoreOptions(32L << 20, 8L << 20, 64L << 20, 3_600_000, 2048), true),
    /** On the host's disk, with crashes of the process only. */
    HOST_DISK(new StoreOptions(8L << 20, 4L << 20, 8L << 20, 500, 512), false);

    final StoreOptions options;
    final boolean inMemory;

    Configuration(StoreOptions options, boolean inMemory) {
      this.options = options;
      this.inMemory = inMemory;
    }
  }

  @TempDir Path scratch;

  @ParameterizedTest
  @EnumSource
  void store_doesWhatTheModelDoes(Configuration configuration) {
    String only = System.getProperty("brindle.configuration", configuration.name());
    assumeTrue(only.equals(configuration.name()));
    int sequences = Boolean.getBoolean("brindle.full") ? 400 : 8;
    Long one = Long.getLong("brindle.seed");
    List<Long> seeds =
        one != null ? List.of(one) : RandomOperations.seeds(configuration.name(), sequences);
    RandomOperations operations =
        new RandomOperations(() -> subject(configuration), SHRINK_MILLIS_MAX);
    for (long seed : seeds) {
      System.out.println(configuration + " seed " + seed);
      operations.run(seed, Integer.getInteger("brindle.steps", STEPS));
    }
    System.out.println(configuration + ": " + operations.tally());
  }

  private Subject subject(Configuration configuration) throws IOException {
    return configuration.inMemory
        ? new DiskSubject(configuration.options)
        : new DirectorySubject(Files.createTempDirectory(scratch, "store"), configuration.options);
  }
}
