package dev.brindle.store.tree;

/** Where an overfull node is cut in two: the index of the first entry of the right part. */
final class NodeSplit {
  private NodeSplit() {}

  /**
   * Behind a run of ascending inserts, wherever in the node it is, the left part ends with the run
   * and stays nearly full, since nothing more will come into it; before a run of descending ones
   * the right part; else both get half.
   */
  static int cut(TreeNode node, NodeLimits limits) {
    int inserted = node.lastInsert;
    if (inserted == node.count - 1 || inserted > 0 && inserted == node.insertBefore + 1) {
      return Math.min(Math.min(inserted + 1, node.count - 1), behind(node, limits.runBytes()));
    }
    if (inserted >= 0 && inserted == node.insertBefore) {
      return Math.max(Math.max(inserted, 1), behind(node, node.encodedBytes - limits.runBytes()));
    }
    return middle(node);
  }

  /** The index at which the parts' sizes differ least. */
  static int middle(TreeNode node) {
    return behind(node, node.encodedBytes / 2);
  }

  /** Behind as many entries as take so many bytes; at least one on either side. */
  private static int behind(TreeNode node, int bytes) {
    int sum = NodeFormat.FRAME_BYTES;
    for (int i = 0; i < node.count - 1; i++) {
      int entry = node.entryBytes(i, i - 1);
      if (sum + entry > bytes) {
        // the entry goes to the side that it makes less unequal
        return Math.max(1, bytes - sum >= sum + entry - bytes ? i + 1 : i);
      }
      sum += entry;
    }
    return node.count - 1;
  }
}
