package dev.brindle.store.tree;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A place in a tree that moves from item to item in ascending order. It is good until the tree
 * changes: whoever lets a writer in between begins a new one at the key where this one stood.
 */
public final class TreeCursor {
  private final TreeReader tree;
  private final long fromHigh;
  private final long fromOffset;
  private final int changes;

  /** The nodes above the leaf, by level, and the child of each that the cursor is in. */
  private InteriorNode[] parents = {};

  private int[] children = {};
  private @Nullable LeafNode leaf;
  private int index;
  private boolean begun;

  TreeCursor(TreeReader tree, long fromHigh, long fromOffset) {
    this.tree = tree;
    this.fromHigh = fromHigh;
    this.fromOffset = fromOffset;
    changes = tree.changes;
  }

  /**
   * Moves to the next item.
   *
   * @return whether there is one
   * @throws IllegalStateException the tree has changed
   */
  public boolean next() throws IOException {
    if (changes != tree.changes) {
      throw new IllegalStateException("the tree has changed under its cursor");
    }
    if (!begun) {
      seek();
      begun = true;
    } else if (leaf != null) {
      index++;
    }
    while (leaf != null && index == leaf.count) {
      leaf = nextLeaf();
      index = 0;
    }
    return leaf != null;
  }

  public long high() {
    return current().highs[index];
  }

  public long offset() {
    return current().offsets[index];
  }

  /** The tree's own array: not to be changed. */
  public byte[] value() {
    return current().value(index);
  }

  private LeafNode current() {
    if (leaf == null) {
      throw new IllegalStateException("the cursor stands on no item");
    }
    return leaf;
  }

  private void seek() throws IOException {
    if (tree.rootId == 0) {
      return;
    }
    TreeNode node = tree.nodes.root(tree.rootId);
    parents = new InteriorNode[node.level];
    children = new int[node.level];
    while (node instanceof InteriorNode interior) {
      int child = interior.childIndex(fromHigh, fromOffset);
      parents[interior.level - 1] = interior;
      children[interior.level - 1] = child;
      node = tree.nodes.child(interior, child);
    }
    leaf = (LeafNode) node;
    index = node.ceilingIndex(fromHigh, fromOffset);
  }

  private @Nullable LeafNode nextLeaf() throws IOException {
    int up = 0;
    while (up < parents.length && children[up] + 1 == parents[up].count) {
      up++;
    }
    if (up == parents.length) {
      return null;
    }
    TreeNode node = tree.nodes.child(parents[up], ++children[up]);
    while (node instanceof InteriorNode interior) {
      parents[interior.level - 1] = interior;
      children[interior.level - 1] = 0;
      node = tree.nodes.child(interior, 0);
    }
    return (LeafNode) node;
  }
}
