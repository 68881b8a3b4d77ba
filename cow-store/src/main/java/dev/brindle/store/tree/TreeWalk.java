package dev.brindle.store.tree;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;

/**
 * The walk over all of a tree that verifies every rule of its structure on the way: what each node
 * says of itself, what its parent says of it, and that its keys lie where its parent has it.
 */
public final class TreeWalk {
  /** Takes what a walk comes by, parents before their children. */
  public interface Visitor {
    /**
     * Whether to read a node and what is below it: not if another tree's walk has been there. When
     * it is passed by, its keys' range in this tree is not verified.
     */
    boolean enter(long nodeId) throws IOException;

    /**
     * A sound node.
     *
     * @param level 0 for a leaf
     * @param encodedBytes the length of its record's content
     */
    void node(long nodeId, long born, int level, int encodedBytes) throws IOException;

    /** An item of a sound leaf; the value is the tree's own array. */
    void item(long high, long offset, byte[] value) throws IOException;

    /** A node that is missing or damaged, or breaks a rule; what is below it is not read. */
    void damaged(long nodeId, CorruptStoreException cause) throws IOException;
  }

  private final NodeStore nodes;
  private final long version;
  private final Visitor visitor;

  private TreeWalk(NodeStore nodes, long version, Visitor visitor) {
    this.nodes = nodes;
    this.version = version;
    this.visitor = visitor;
  }

  /**
   * Visits the whole tree of a version, which does not change meanwhile.
   *
   * @param rootId 0 for the empty tree
   * @param version the number of the version: no node of its tree is younger
   */
  public static void walk(NodeStore nodes, long rootId, long version, Visitor visitor)
      throws IOException {
    if (rootId != 0 && visitor.enter(rootId)) {
      new TreeWalk(nodes, version, visitor).root(rootId);
    }
  }

  private void root(long rootId) throws IOException {
    TreeNode root;
    try {
      root = nodes.root(rootId);
      if (Long.compareUnsigned(root.born, version) > 0) {
        throw NodeCodec.corrupt(rootId, "born in version " + root.born + ", after " + version);
      }
      KeyRange.ALL.verify(root);
    } catch (CorruptStoreException e) {
      visitor.damaged(rootId, e);
      return;
    }
    visit(root, KeyRange.ALL);
  }

  private void visit(TreeNode node, KeyRange range) throws IOException {
    visitor.node(node.id, node.born, node.level, node.encodedBytes);
    for (int i = 0; i < node.count; i++) {
      if (node instanceof LeafNode leaf) {
        visitor.item(leaf.highs[i], leaf.offsets[i], leaf.value(i));
      } else if (visitor.enter(((InteriorNode) node).childIds[i])) {
        child((InteriorNode) node, i, range.ofChild(node, i));
      }
    }
  }

  private void child(InteriorNode parent, int index, KeyRange range) throws IOException {
    TreeNode child;
    try {
      child = nodes.child(parent, index);
      range.verify(child);
    } catch (CorruptStoreException e) {
      visitor.damaged(parent.childIds[index], e);
      return;
    }
    visit(child, range);
  }
}
