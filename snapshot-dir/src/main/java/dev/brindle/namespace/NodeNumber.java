package dev.brindle.namespace;

/**
 * The bits of a node, the number by which a transport names an inode of any view:
 *
 * <pre>
 *    63  62                 42 41  40 39                              0
 *   +---+---------------------+------+---------------------------------+
 *   | 0 | view, 21 bits       | kind | inode, 40 bits                  |
 *   +---+---------------------+------+---------------------------------+
 * </pre>
 *
 * View 0 is the mounted volume, so its root is node 1. Views get their index when they are first
 * seen in a mount: a node means nothing to another mount, or after a remount. An index is not used
 * twice, so the node of a deleted snapshot never becomes another file.
 */
final class NodeNumber {
  static final int INODE_BITS = 40;
  static final int KIND_BITS = 2;
  static final int VIEW_BITS = 21;
  static final int VIEWS_MAX = 1 << VIEW_BITS;

  private static final long INODE_MASK = (1L << INODE_BITS) - 1;
  private static final int KIND_MASK = (1 << KIND_BITS) - 1;

  private NodeNumber() {}

  static long pack(int view, NodeKind kind, long inode) {
    assert view >= 0 && view < VIEWS_MAX : view;
    assert (inode & ~INODE_MASK) == 0 : inode;
    return (long) view << (INODE_BITS + KIND_BITS) | (long) kind.ordinal() << INODE_BITS | inode;
  }

  static int view(long node) {
    return (int) (node >>> (INODE_BITS + KIND_BITS));
  }

  /** The kind's bits, which may be none of a {@link NodeKind} in a number that is no node. */
  static int kind(long node) {
    return (int) (node >>> INODE_BITS) & KIND_MASK;
  }

  static long inode(long node) {
    return node & INODE_MASK;
  }
}
