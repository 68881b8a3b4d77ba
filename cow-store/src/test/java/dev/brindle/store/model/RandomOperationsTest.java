package dev.brindle.store.model;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.brindle.store.model.FakeStore.Bug;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tests' own test: the model passes for a store, and each planted bug is found. */
class RandomOperationsTest {
  @Test
  void model_againstItself_neverDiffers() {
    RandomOperations operations = new RandomOperations(() -> new FakeStore(Bug.NONE), 10_000);
    for (long seed : RandomOperations.seeds("fake", 4)) {
      operations.run(seed, 3_000);
    }
    System.out.println("model against itself: " + operations.tally());
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.MATCH_NONE,
      names = {"NONE", ".*_IN_TWO_STEPS"})
  void plantedBug_isFound(Bug bug) {
    AssertionError found =
        assertThrows(
            AssertionError.class,
            () -> {
              RandomOperations operations = new RandomOperations(() -> new FakeStore(bug), 1_000);
              for (long seed : RandomOperations.seeds("fake", 4)) {
                operations.run(seed, 3_000);
              }
            });
    System.out.println(bug + ": " + found.getMessage().lines().findFirst().orElse(""));
  }
}
