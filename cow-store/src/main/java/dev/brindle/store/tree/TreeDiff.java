package dev.brindle.store.tree;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The walk of two trees together, past every node that both have: its cost follows what differs and
 * not what the trees hold.
 */
public final class TreeDiff {
  /** Takes the differences in the order of their keys. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * One item that only one tree has, or with another value in each.
     *
     * @param from its value in the first tree; null when it is not there
     * @param to its value in the second tree; null when it is not there
     */
    void visit(long high, long offset, byte @Nullable [] from, byte @Nullable [] to)
        throws IOException;
  }

  private final DiffSide from;
  private final DiffSide to;
  private final Visitor visitor;

  private TreeDiff(DiffSide from, DiffSide to, Visitor visitor) {
    this.from = from;
    this.to = to;
    this.visitor = visitor;
  }

  /** Visits all differences; neither tree changes meanwhile. */
  public static void walk(TreeReader from, TreeReader to, Visitor visitor) throws IOException {
    if (from.root() == to.root()) {
      return;
    }
    new TreeDiff(DiffSide.of(from), DiffSide.of(to), visitor).walk();
  }

  private void walk() throws IOException {
    while (!from.isDone() || !to.isDone()) {
      if (from.isAtNode() && to.isAtNode()) {
        twoNodes();
      } else if (from.isAtNode()) {
        nodeAndRest(from, to);
      } else if (to.isAtNode()) {
        nodeAndRest(to, from);
      } else {
        twoItems();
      }
    }
  }

  /**
   * Goes past what is the same; else goes into the one that begins first, since the other may be
   * the same as one that comes later.
   */
  private void twoNodes() throws IOException {
    if (from.nodeId() == to.nodeId()) {
      from.skip();
      to.skip();
      return;
    }
    int order = from.compareKey(to);
    if (order == 0) {
      order = Integer.compare(to.nodeLevel(), from.nodeLevel());
    }
    if (order <= 0) {
      from.enter();
    }
    if (order >= 0) {
      to.enter();
    }
  }

  private void nodeAndRest(DiffSide node, DiffSide rest) throws IOException {
    if (!rest.isDone() && rest.compareKey(node) < 0) {
      only(rest);
    } else {
      node.enter();
    }
  }

  private void twoItems() throws IOException {
    int order = from.isDone() ? 1 : to.isDone() ? -1 : from.compareKey(to);
    if (order < 0) {
      only(from);
    } else if (order > 0) {
      only(to);
    } else {
      if (!Arrays.equals(from.value(), to.value())) {
        visitor.visit(from.high(), from.offset(), from.value(), to.value());
      }
      from.skip();
      to.skip();
    }
  }

  private void only(DiffSide side) throws IOException {
    boolean isFrom = side == from;
    visitor.visit(
        side.high(), side.offset(), isFrom ? side.value() : null, isFrom ? null : side.value());
    side.skip();
  }
}
