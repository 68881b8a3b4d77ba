package dev.brindle.store.model;

/** What was done in all sequences so far. */
final class Tally {
  /** Calls of the store, refused ones included. */
  long operations;

  long crashes;

  /** Crashes in the middle of an operation, which fails with it. */
  long interrupted;

  /** Crashes that took operations with them. */
  long crashesWithLoss;

  @Override
  public String toString() {
    return "%,d operations, %,d crashes (%,d in an operation, %,d with a loss of operations)"
        .formatted(operations, crashes, interrupted, crashesWithLoss);
  }
}
