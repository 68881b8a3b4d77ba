package dev.brindle.store.tree;

import dev.brindle.store.CorruptStoreException;

/**
 * The keys that a node may hold: from one on and, unless the range is open, before another.
 *
 * @param isOpen whether the range has no end
 */
record KeyRange(long fromHigh, long fromOffset, boolean isOpen, long endHigh, long endOffset) {
  static final KeyRange ALL = new KeyRange(0, 0, true, 0, 0);

  KeyRange ofChild(TreeNode parent, int index) {
    boolean isFirst = index == 0;
    boolean isLast = index + 1 == parent.count;
    return new KeyRange(
        isFirst ? fromHigh : parent.highs[index],
        isFirst ? fromOffset : parent.offsets[index],
        isLast && isOpen,
        isLast ? endHigh : parent.highs[index + 1],
        isLast ? endOffset : parent.offsets[index + 1]);
  }

  /**
   * Verifies a node whose keys must lie in the range.
   *
   * @throws CorruptStoreException it breaks a rule
   */
  void verify(TreeNode node) throws CorruptStoreException {
    require(node.count > 0, node, "it has no entries");
    require(!NodeLimits.ONE_UNIT.isOverfull(node), node, "it is larger than a node may be");
    for (int i = 0; i < node.count; i++) {
      verifyKey(node, i);
      if (node instanceof InteriorNode interior) {
        verifyChild(interior, i);
      }
    }
  }

  private void verifyKey(TreeNode node, int i) throws CorruptStoreException {
    long high = node.highs[i];
    long offset = node.offsets[i];
    if (i == 0 && !node.isLeaf()) {
      require(high == 0 && offset == 0, node, "its first key is not (0, 0)");
      return;
    }
    require(holds(high, offset), node, "its parent has it hold other keys than it does");
    require(
        i == 0 || Keys.compare(node.highs[i - 1], node.offsets[i - 1], high, offset) < 0,
        node,
        "its keys are not in order");
  }

  private static void verifyChild(InteriorNode node, int i) throws CorruptStoreException {
    require(node.childIds[i] > 0, node, "a child has no id");
    boolean isOlder = Long.compareUnsigned(node.childBorns[i], node.born) <= 0;
    require(isOlder, node, "a child is younger than it");
  }

  private boolean holds(long high, long offset) {
    return Keys.compare(fromHigh, fromOffset, high, offset) <= 0
        && (isOpen || Keys.compare(high, offset, endHigh, endOffset) < 0);
  }

  private static void require(boolean holds, TreeNode node, String otherwise)
      throws CorruptStoreException {
    if (!holds) {
      throw NodeCodec.corrupt(node.id, otherwise);
    }
  }
}
