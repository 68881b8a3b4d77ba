package dev.brindle.store.version;

/** The first half of the keys in the tree of dead and shared space: an id and a kind of row. */
final class Keys {
  private static final int KIND_BITS = 2;
  private static final int DIRECTORY = 0;
  private static final int EXTENTS = 1;
  private static final int NODES = 2;
  private static final int SHARES = 3;

  /** Blocks that are referred to more than once. */
  static final long SHARED = SHARES;

  private Keys() {}

  static long directory(long list) {
    return list << KIND_BITS | DIRECTORY;
  }

  static long extents(long bucket) {
    return bucket << KIND_BITS | EXTENTS;
  }

  static long nodes(long bucket) {
    return bucket << KIND_BITS | NODES;
  }
}
