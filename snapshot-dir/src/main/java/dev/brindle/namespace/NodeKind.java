package dev.brindle.namespace;

/** What a node stands for; the order is that of the bits in {@link NodeNumber}. */
enum NodeKind {
  /** An inode of a tree. */
  INODE,
  /** The {@code .snapshots} of a directory. */
  SNAPSHOTS,
  /** The {@code .clones} of a root. */
  CLONES;

  private static final NodeKind[] KINDS = values();

  static NodeKind of(int bits) {
    if (bits >= KINDS.length) {
      throw new IllegalArgumentException("node kind " + bits);
    }
    return KINDS[bits];
  }
}
