package dev.brindle.store.tree;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The nodes that one of two trees has and the other has not. Goes down both level by level: what
 * stands on both sides of a level is shared with all that is below it, and is left out. The cost
 * follows the difference.
 */
public final class NodeDiff {
  /** Takes the differences, from the roots to the leaves. */
  public interface Visitor {
    /** A node of the first tree alone; the size is that of its record's content. */
    void onlyFrom(long nodeId, long born, int encodedBytes) throws IOException;

    /** A node of the second tree alone. */
    void onlyTo(long nodeId, long born, int encodedBytes) throws IOException;
  }

  private interface Sink {
    void node(long nodeId, long born, int encodedBytes) throws IOException;
  }

  private final NodeStore nodes;

  private NodeDiff(NodeStore nodes) {
    this.nodes = nodes;
  }

  /**
   * Visits all differences; neither tree changes meanwhile.
   *
   * @param fromRoot 0 for the empty tree
   */
  public static void walk(NodeStore nodes, long fromRoot, long toRoot, Visitor visitor)
      throws IOException {
    new NodeDiff(nodes).walk(fromRoot, toRoot, visitor);
  }

  private void walk(long fromRoot, long toRoot, Visitor visitor) throws IOException {
    int fromLevel = level(fromRoot);
    int toLevel = level(toRoot);
    List<Long> from = new ArrayList<>();
    List<Long> to = new ArrayList<>();
    for (int level = Math.max(fromLevel, toLevel); level >= 0; level--) {
      if (level == fromLevel) {
        from.add(fromRoot);
      }
      if (level == toLevel) {
        to.add(toRoot);
      }
      removeShared(from, to);
      from = descend(from, visitor::onlyFrom);
      to = descend(to, visitor::onlyTo);
    }
  }

  /** Below every level for the empty tree. */
  private int level(long rootId) throws IOException {
    return rootId == 0 ? -1 : nodes.root(rootId).level;
  }

  private static void removeShared(List<Long> from, List<Long> to) {
    if (!from.isEmpty() && !to.isEmpty()) {
      Set<Long> shared = new HashSet<>(from);
      shared.retainAll(new HashSet<>(to));
      from.removeIf(shared::contains);
      to.removeIf(shared::contains);
    }
  }

  /** Shows nodes of one level and returns their children. */
  private List<Long> descend(List<Long> ids, Sink sink) throws IOException {
    List<Long> children = new ArrayList<>();
    for (long id : ids) {
      TreeNode node = nodes.root(id);
      sink.node(id, node.born, node.encodedBytes);
      if (node instanceof InteriorNode interior) {
        for (int i = 0; i < interior.count; i++) {
          children.add(interior.childIds[i]);
        }
      }
    }
    return children;
  }
}
