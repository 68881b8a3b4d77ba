package dev.brindle.store.tree;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A tree to be read. That of a snapshot never changes and needs no lock; that of a head is read
 * while its writer is excluded. Values handed out are the tree's own arrays: not to be changed.
 *
 * <p>Every method that reads throws {@link CorruptStoreException} when a node on its way is missing
 * or damaged.
 */
public class TreeReader {
  final NodeStore nodes;
  long rootId;

  /** Counts the changes of the tree, so that a cursor can tell that it has lost its place. */
  int changes;

  /**
   * @param rootId 0 for the empty tree
   */
  public TreeReader(NodeStore nodes, long rootId) {
    this.nodes = nodes;
    this.rootId = rootId;
  }

  /** The root node's id; 0 when the tree is empty. */
  public final long root() {
    return rootId;
  }

  /** The value of a key; null when there is none. */
  public final byte @Nullable [] get(long high, long offset) throws IOException {
    if (rootId == 0) {
      return null;
    }
    TreeNode node = nodes.root(rootId);
    while (node instanceof InteriorNode interior) {
      node = nodes.child(interior, interior.childIndex(high, offset));
    }
    int index = node.search(high, offset);
    return index < 0 ? null : ((LeafNode) node).value(index);
  }

  /** The item with the largest key that is not larger; null when there is none. */
  public final @Nullable Item floor(long high, long offset) throws IOException {
    return rootId == 0 ? null : floor(nodes.root(rootId), high, offset);
  }

  /** The item with the smallest key that is not smaller; null when there is none. */
  public final @Nullable Item ceiling(long high, long offset) throws IOException {
    return rootId == 0 ? null : ceiling(nodes.root(rootId), high, offset);
  }

  private @Nullable Item floor(TreeNode node, long high, long offset) throws IOException {
    int last = node.floorIndex(high, offset);
    if (node instanceof InteriorNode interior) {
      // a child's items may all be larger than the key; then it is the last of the child before
      for (int i = last; i >= 0; i--) {
        Item item = floor(nodes.child(interior, i), high, offset);
        if (item != null) {
          return item;
        }
      }
      return null;
    }
    return last < 0 ? null : item((LeafNode) node, last);
  }

  private @Nullable Item ceiling(TreeNode node, long high, long offset) throws IOException {
    if (node instanceof InteriorNode interior) {
      for (int i = interior.childIndex(high, offset); i < interior.count; i++) {
        Item item = ceiling(nodes.child(interior, i), high, offset);
        if (item != null) {
          return item;
        }
      }
      return null;
    }
    int first = node.ceilingIndex(high, offset);
    return first == node.count ? null : item((LeafNode) node, first);
  }

  private static Item item(LeafNode leaf, int index) {
    return new Item(leaf.highs[index], leaf.offsets[index], leaf.value(index));
  }

  /** Before the first item whose key is not smaller. */
  public final TreeCursor cursor(long high, long offset) {
    return new TreeCursor(this, high, offset);
  }

  /** Visits all items from a key on. The visitor must not change the tree. */
  public final void forEach(long fromHigh, long fromOffset, ItemVisitor visitor)
      throws IOException {
    TreeCursor cursor = cursor(fromHigh, fromOffset);
    while (cursor.next()) {
      if (!visitor.visit(cursor.high(), cursor.offset(), cursor.value())) {
        return;
      }
    }
  }

  /** Visits the items from a key on and before another. The visitor must not change the tree. */
  public final void forEach(
      long fromHigh, long fromOffset, long endHigh, long endOffset, ItemVisitor visitor)
      throws IOException {
    TreeCursor cursor = cursor(fromHigh, fromOffset);
    while (cursor.next() && Keys.compare(cursor.high(), cursor.offset(), endHigh, endOffset) < 0) {
      if (!visitor.visit(cursor.high(), cursor.offset(), cursor.value())) {
        return;
      }
    }
  }
}
