package dev.brindle.store.tree;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A place in one of two trees that are walked together: at an item, or at a node that may be
 * entered or skipped without being read.
 */
final class DiffSide {
  /** A node that was entered, with the smallest key that it may hold, and the place in it. */
  private static final class Frame {
    final TreeNode node;
    final long lowHigh;
    final long lowOffset;
    int index;

    Frame(TreeNode node, long lowHigh, long lowOffset) {
      this.node = node;
      this.lowHigh = lowHigh;
      this.lowOffset = lowOffset;
    }
  }

  private final NodeStore nodes;
  private final List<Frame> frames = new ArrayList<>();

  private DiffSide(NodeStore nodes) {
    this.nodes = nodes;
  }

  static DiffSide of(TreeReader tree) throws IOException {
    DiffSide side = new DiffSide(tree.nodes);
    if (tree.rootId != 0) {
      side.frames.add(new Frame(tree.nodes.root(tree.rootId), 0, 0));
    }
    return side;
  }

  private Frame top() {
    return frames.get(frames.size() - 1);
  }

  boolean isDone() {
    return frames.isEmpty();
  }

  boolean isAtNode() {
    return !isDone() && top().node instanceof InteriorNode;
  }

  /** The item's key, or the smallest that the node may hold. */
  long high() {
    Frame top = top();
    return top.index == 0 && isAtNode() ? top.lowHigh : top.node.highs[top.index];
  }

  long offset() {
    Frame top = top();
    return top.index == 0 && isAtNode() ? top.lowOffset : top.node.offsets[top.index];
  }

  int compareKey(DiffSide other) {
    return Keys.compare(high(), offset(), other.high(), other.offset());
  }

  byte[] value() {
    return ((LeafNode) top().node).value(top().index);
  }

  long nodeId() {
    return ((InteriorNode) top().node).childIds[top().index];
  }

  int nodeLevel() {
    return top().node.level - 1;
  }

  void enter() throws IOException {
    Frame top = top();
    TreeNode child = nodes.child((InteriorNode) top.node, top.index);
    frames.add(new Frame(child, high(), offset()));
  }

  /** Goes past the item or the node. */
  void skip() {
    top().index++;
    while (!isDone() && top().index == top().node.count) {
      frames.remove(frames.size() - 1);
      if (!isDone()) {
        top().index++;
      }
    }
  }
}
