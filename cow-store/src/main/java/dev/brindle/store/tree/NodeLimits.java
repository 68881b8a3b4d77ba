package dev.brindle.store.tree;

import dev.brindle.store.index.Index;

/**
 * How large and how small nodes may become, in encoded bytes.
 *
 * @param bytesMax a node of more is split, unless it is a leaf with one item
 */
record NodeLimits(int bytesMax) {
  /** Ordinary nodes fill one unit of the index. */
  static final NodeLimits ONE_UNIT = new NodeLimits(Index.UNIT_PAYLOAD_BYTES);

  boolean isOverfull(TreeNode node) {
    return node.encodedBytes > bytesMax && node.count > 1;
  }

  /** Whether to look for a neighbour to merge with. */
  boolean isUnderfull(TreeNode node) {
    return node.encodedBytes < bytesMax / 3;
  }

  /** Whether two nodes make one that has room for what comes next. */
  boolean fitTogether(TreeNode left, TreeNode right) {
    return left.encodedBytes + right.encodedBytes <= bytesMax / 8 * 7;
  }

  /** What the left part keeps when a node is split behind a run of ascending inserts. */
  int runBytes() {
    return bytesMax / 10 * 9;
  }
}
