package dev.brindle.store.tree;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;

/**
 * The walk over what a version without children owns, in steps: to free it without holding anything
 * up. Subtrees that are shared with the version's parent are passed by unread.
 *
 * <p>A node is visited after all that is below it, and at its visit may be freed at once, record
 * and all. For the walk goes on from a key, the smallest that is not visited yet: on the way down
 * to it lie only nodes that are not visited either, since something below them is not. The last
 * child of a node and the node itself are therefore always visited in the same step.
 *
 * <p>The version's parent must stay the same until the walk has ended: an older one would make the
 * version own more, also of what the walk has passed by.
 */
public final class OwnedWalk {
  /** Takes what a walk comes by. What it throws leaves the walk's place undefined. */
  public interface Visitor {
    /** An item of an owned leaf. */
    void item(long high, long offset, byte[] value) throws IOException;

    /**
     * An owned node, after everything below it. It will not be read again.
     *
     * @param bytes the size of its record
     */
    void node(long nodeId, int bytes, long born);

    /**
     * A node that should be an owned one and is missing or damaged. The walk goes on behind it; it
     * must not be freed: it may be another tree's.
     */
    void damaged(long nodeId, CorruptStoreException cause);
  }

  private final NodeStore nodes;
  private final long rootId;
  private final long bornAfter;
  private long high;
  private long offset;
  private int budget;

  /**
   * @param rootId 0 for the empty tree
   * @param bornAfter the number of the version's parent: what was born later is owned
   * @param fromHigh with {@code fromOffset} the key where an earlier walk has stopped, or (0,0)
   */
  public OwnedWalk(NodeStore nodes, long rootId, long bornAfter, long fromHigh, long fromOffset) {
    this.nodes = nodes;
    this.rootId = rootId;
    this.bornAfter = bornAfter;
    high = fromHigh;
    offset = fromOffset;
  }

  /**
   * Goes on for a while.
   *
   * @param steps how many items and nodes to visit; by a leaf's worth and the nodes above more
   * @return whether the walk has ended, the root visited
   * @throws IOException a node cannot be read for another reason than damage; what was visited
   *     until then is before {@link #high} and {@link #offset}
   */
  public boolean step(int steps, Visitor visitor) throws IOException {
    budget = Math.max(1, steps);
    if (rootId == 0) {
      return true;
    }
    TreeNode root;
    try {
      root = nodes.root(rootId);
    } catch (CorruptStoreException e) {
      visitor.damaged(rootId, e);
      return true;
    }
    return !isOwned(root.born) || visit(root, visitor);
  }

  /** The key from which the next step goes on. */
  public long high() {
    return high;
  }

  public long offset() {
    return offset;
  }

  private boolean isOwned(long born) {
    return Long.compareUnsigned(born, bornAfter) > 0;
  }

  /** Returns whether the node and all below it are visited now. */
  private boolean visit(TreeNode node, Visitor visitor) throws IOException {
    if (node instanceof LeafNode leaf) {
      for (int i = 0; i < leaf.count; i++) {
        visitor.item(leaf.highs[i], leaf.offsets[i], leaf.value(i));
      }
      budget -= leaf.count;
    } else if (!visitChildren((InteriorNode) node, visitor)) {
      return false;
    }
    visitor.node(node.id, node.recordBytes(), node.born);
    budget--;
    return true;
  }

  private boolean visitChildren(InteriorNode node, Visitor visitor) throws IOException {
    for (int i = node.childIndex(high, offset); i < node.count; i++) {
      if (isOwned(node.childBorns[i])) {
        if (budget <= 0 || !visitChild(node, i, visitor)) {
          return false;
        }
      }
      if (i + 1 < node.count) {
        high = node.highs[i + 1];
        offset = node.offsets[i + 1];
      }
    }
    return true;
  }

  private boolean visitChild(InteriorNode parent, int index, Visitor visitor) throws IOException {
    TreeNode child;
    try {
      child = nodes.child(parent, index);
    } catch (CorruptStoreException e) {
      visitor.damaged(parent.childIds[index], e);
      return true;
    }
    return visit(child, visitor);
  }
}
