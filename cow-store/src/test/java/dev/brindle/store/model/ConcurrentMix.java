package dev.brindle.store.model;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** The kinds of calls that a history is made of. */
final class ConcurrentMix {
  private static final ConcurrentMix ALL =
      new ConcurrentMix(EnumSet.allOf(ConcurrentOperation.class));

  /** Calls that are about the same meet more often when there are no others. */
  private static final List<ConcurrentMix> THEMES =
      List.of(
          between(ConcurrentOperation.CREATE, ConcurrentOperation.RENAME_HELD),
          between(ConcurrentOperation.GETATTR, ConcurrentOperation.FSYNC),
          between(ConcurrentOperation.SNAPSHOT, ConcurrentOperation.VOLUME));

  private final Collection<ConcurrentOperation> operations;
  private final int weights;

  private ConcurrentMix(Collection<ConcurrentOperation> operations) {
    this.operations = operations;
    this.weights = operations.stream().mapToInt(operation -> operation.weight).sum();
  }

  private static ConcurrentMix between(ConcurrentOperation first, ConcurrentOperation last) {
    return new ConcurrentMix(EnumSet.range(first, last));
  }

  static ConcurrentMix without(Set<ConcurrentOperation> operations) {
    return new ConcurrentMix(EnumSet.complementOf(EnumSet.copyOf(operations)));
  }

  /** Everything, or in every other case what is about the same. */
  static ConcurrentMix random(Random random) {
    return random.nextBoolean() ? ALL : THEMES.get(random.nextInt(THEMES.size()));
  }

  ConcurrentOperation next(Random random) {
    int at = random.nextInt(weights);
    for (ConcurrentOperation operation : operations) {
      at -= operation.weight;
      if (at < 0) {
        return operation;
      }
    }
    throw new IllegalStateException();
  }
}
