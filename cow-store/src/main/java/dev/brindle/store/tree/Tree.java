package dev.brindle.store.tree;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The tree of a volume's head, to be read and changed. One thread at a time changes it, while no
 * other reads it: the volume's lock sees to that.
 *
 * <p>What it does not own it copies on the way down and releases; what it owns it changes in place.
 * A change that fails ({@link IOException}) has changed nothing: all reading comes before it.
 */
public final class Tree extends TreeReader {
  private Ownership ownership;

  /** The nodes from the root to the leaf that a change is about. */
  private final TreeNode[] path = new TreeNode[NodeFormat.LEVEL_MAX + 1];

  /** For each of them but the leaf: the child that the path goes on with. */
  private final int[] children = new int[NodeFormat.LEVEL_MAX + 1];

  /**
   * @param rootId 0 for the empty tree
   */
  public Tree(NodeStore nodes, Ownership ownership, long rootId) {
    super(nodes, rootId);
    this.ownership = ownership;
  }

  /**
   * Goes on as the tree of another version, after a snapshot: nodes that were owned until now no
   * longer are.
   */
  public void rebase(Ownership newOwnership) {
    ownership = newOwnership;
  }

  /**
   * Puts an item in its place, or another value in its item.
   *
   * @param value at most 128 KiB; the tree keeps the array
   * @return the value there was; null when there was none
   * @throws IllegalArgumentException the value is too long
   */
  public byte @Nullable [] put(long high, long offset, byte[] value) throws IOException {
    if (value.length > NodeFormat.VALUE_BYTES_MAX) {
      throw new IllegalArgumentException("a value of " + value.length + " bytes");
    }
    if (rootId == 0) {
      changes++;
      plant(high, offset, value);
      return null;
    }
    int depth = descend(high, offset);
    int index = path[depth].search(high, offset);
    changes++;
    LeafNode leaf = (LeafNode) own(depth);
    int recordBytes = leaf.recordBytes();
    byte[] previous = null;
    if (index >= 0) {
      previous = leaf.replace(index, value);
    } else {
      leaf.insert(-1 - index, high, offset, value);
    }
    grown(depth, recordBytes);
    leave();
    return previous;
  }

  /**
   * Removes an item.
   *
   * @return the value there was; null when there was none
   */
  public byte @Nullable [] remove(long high, long offset) throws IOException {
    if (rootId == 0) {
      return null;
    }
    int depth = descend(high, offset);
    int index = path[depth].search(high, offset);
    if (index < 0) {
      return null;
    }
    changes++;
    byte[] previous = ((LeafNode) path[depth]).value(index);
    if (path[depth].count == 1) {
      drop(depth);
      leave();
      return previous;
    }
    TreeNode leaf = own(depth);
    int recordBytes = leaf.recordBytes();
    leaf.removeEntry(index);
    settle(leaf, recordBytes);
    shrunk(depth);
    leave();
    return previous;
  }

  /** Fills the path; returns the leaf's place in it. */
  private int descend(long high, long offset) throws IOException {
    int depth = 0;
    TreeNode node = nodes.root(rootId);
    path[0] = node;
    while (node instanceof InteriorNode interior) {
      int child = interior.childIndex(high, offset);
      children[depth] = child;
      node = nodes.child(interior, child);
      path[++depth] = node;
    }
    return depth;
  }

  /** Keeps no node alive that the caches would let go. */
  private void leave() {
    Arrays.fill(path, null);
  }

  /** Makes a node of the path one that this tree may change now, and with it what is above it. */
  private TreeNode own(int depth) {
    TreeNode node = path[depth];
    if (nodes.isMutable(node, ownership.version())) {
      return node;
    }
    TreeNode owned;
    if (ownership.owns(node.born)) {
      owned = nodes.thaw(node, ownership.version());
      path[depth] = owned;
      return owned;
    }
    if (depth == 0) {
      owned = nodes.copy(node, ownership.version(), ownership.version());
      rootId = owned.id;
    } else {
      InteriorNode parent = (InteriorNode) own(depth - 1);
      owned = nodes.copy(node, parent.born, ownership.version());
      parent.setChild(children[depth - 1], owned.id, owned.born);
    }
    path[depth] = owned;
    ownership.allocated(owned.recordBytes());
    release(node);
    return owned;
  }

  private void release(TreeNode node) {
    ownership.released(node.id, node.recordBytes(), node.born);
  }

  /** Counts what a change has made of a node. */
  private void settle(TreeNode node, int recordBytesBefore) {
    nodes.changed(node);
    int more = node.recordBytes() - recordBytesBefore;
    if (more != 0) {
      ownership.allocated(more);
    }
  }

  private void plant(long high, long offset, byte[] value) {
    LeafNode leaf = (LeafNode) nodes.create(0, ownership.version(), ownership.version());
    leaf.insert(0, high, offset, value);
    nodes.changed(leaf);
    ownership.allocated(leaf.recordBytes());
    rootId = leaf.id;
  }

  /** Splits an owned node of the path if it has grown too large. */
  private void grown(int depth, int recordBytesBefore) {
    TreeNode node = path[depth];
    if (!nodes.limits.isOverfull(node)) {
      settle(node, recordBytesBefore);
      return;
    }
    if (depth == 0) {
      raise(node);
      depth = 1;
    }
    InteriorNode parent = (InteriorNode) own(depth - 1);
    int parentBytes = parent.recordBytes();
    split(node, NodeSplit.cut(node, nodes.limits), parent, children[depth - 1]);
    settle(node, recordBytesBefore);
    grown(depth - 1, parentBytes);
  }

  /**
   * Moves a node's tail into a new node, and splits both again while they are too large: an item of
   * many nodes' size in a leaf's middle makes three of one.
   */
  private void split(TreeNode node, int cut, InteriorNode parent, int place) {
    long high = node.highs[cut];
    long offset = node.offsets[cut];
    TreeNode tail = nodes.create(node.level, node.born, ownership.version());
    node.moveTail(cut, tail);
    if (tail instanceof InteriorNode interior) {
      interior.setKey(0, 0, 0);
    }
    parent.insert(place + 1, high, offset, tail.id, tail.born);
    if (nodes.limits.isOverfull(tail)) {
      split(tail, NodeSplit.middle(tail), parent, place + 1);
    }
    ownership.allocated(tail.recordBytes());
    nodes.changed(tail);
    if (nodes.limits.isOverfull(node)) {
      split(node, NodeSplit.middle(node), parent, place);
    }
  }

  /** Puts a new root above the one there is. */
  private void raise(TreeNode root) {
    long version = ownership.version();
    InteriorNode above = (InteriorNode) nodes.create(root.level + 1, version, version);
    above.insert(0, 0, 0, root.id, root.born);
    ownership.allocated(above.recordBytes());
    nodes.changed(above);
    System.arraycopy(path, 0, path, 1, root.level + 1);
    System.arraycopy(children, 0, children, 1, root.level + 1);
    path[0] = above;
    children[0] = 0;
    rootId = above.id;
  }

  /** Takes a node of the path that holds nothing any more, or one entry only, out of the tree. */
  private void drop(int depth) {
    release(path[depth]);
    if (depth == 0) {
      rootId = 0;
    } else if (path[depth - 1].count == 1) {
      drop(depth - 1);
    } else {
      InteriorNode parent = (InteriorNode) own(depth - 1);
      parent.remove(children[depth - 1]);
      nodes.changed(parent);
      shrunk(depth - 1);
    }
  }

  /** Merges an owned node of the path that has become small with a neighbour, if they fit. */
  private void shrunk(int depth) {
    if (depth == 0) {
      lower();
      return;
    }
    TreeNode node = path[depth];
    if (!nodes.limits.isUnderfull(node)) {
      return;
    }
    InteriorNode parent = (InteriorNode) path[depth - 1];
    int place = children[depth - 1];
    TreeNode left = place == 0 ? null : readable(parent, place - 1);
    if (left != null && nodes.limits.fitTogether(left, node)) {
      node.prepend(left, parent.highs[place], parent.offsets[place]);
      merged(depth, left, place - 1, place);
      return;
    }
    TreeNode right = place + 1 == parent.count ? null : readable(parent, place + 1);
    if (right != null && nodes.limits.fitTogether(node, right)) {
      node.append(right, parent.highs[place + 1], parent.offsets[place + 1]);
      merged(depth, right, place, place + 1);
    }
  }

  /** Leaves one entry of two in the parent, after a neighbour's entries have moved to the node. */
  private void merged(int depth, TreeNode neighbour, int kept, int removed) {
    TreeNode node = path[depth];
    if (Long.compareUnsigned(neighbour.born, node.born) > 0) {
      node.born = neighbour.born;
    }
    nodes.changed(node);
    InteriorNode parent = (InteriorNode) own(depth - 1);
    parent.setChild(kept, node.id, node.born);
    parent.remove(removed);
    nodes.changed(parent);
    release(neighbour);
    shrunk(depth - 1);
  }

  /** A neighbour to merge with, unless it cannot be read: nothing depends on the merge. */
  private @Nullable TreeNode readable(InteriorNode parent, int place) {
    try {
      return nodes.child(parent, place);
    } catch (IOException e) {
      Logger.warn(e, "a tree node cannot be read to be merged with its neighbour");
      return null;
    }
  }

  /** Takes away a root that has only one child. */
  private void lower() {
    TreeNode root = path[0];
    while (root instanceof InteriorNode interior && interior.count == 1) {
      TreeNode child = readable(interior, 0);
      if (child == null) {
        return;
      }
      release(root);
      rootId = child.id;
      root = child;
    }
  }
}
