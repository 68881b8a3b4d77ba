package dev.brindle.store.tree;

/** The order of keys: unsigned, {@code high} before {@code offset}. */
final class Keys {
  private Keys() {}

  static int compare(long highA, long offsetA, long highB, long offsetB) {
    return highA == highB
        ? Long.compareUnsigned(offsetA, offsetB)
        : Long.compareUnsigned(highA, highB);
  }
}
