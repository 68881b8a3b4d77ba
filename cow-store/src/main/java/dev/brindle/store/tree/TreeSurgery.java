package dev.brindle.store.tree;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.index.Index;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes trees from outside, for a repair: of any version, while nobody else has them. No node
 * that was there before is changed, since other trees may have it: each change is a copy, born in
 * the version whose tree it is for. What no tree has any more goes at the end, by {@link #sweep}.
 */
public final class TreeSurgery {
  private final NodeStore nodes;

  /** Nodes that are sound with all that is below them: trees share most of theirs. */
  private final BitSet sound = new BitSet();

  public TreeSurgery(NodeStore nodes) {
    this.nodes = nodes;
  }

  /**
   * A node that cannot be read, and the keys that it held.
   *
   * @param cause what is wrong with it
   */
  public record Loss(long nodeId, String cause, Gap gap) {}

  /** A range of keys of which a tree has lost everything. */
  public static final class Gap {
    private final KeyRange range;

    Gap(KeyRange range) {
      this.range = range;
    }

    boolean meets(KeyRange other) {
      return (other.isOpen() || isBefore(range.fromHigh(), range.fromOffset(), other))
          && (range.isOpen() || isBefore(other.fromHigh(), other.fromOffset(), range));
    }

    private static boolean isBefore(long high, long offset, KeyRange range) {
      return Keys.compare(high, offset, range.endHigh(), range.endOffset()) < 0;
    }

    boolean holds(long high, long offset) {
      return Keys.compare(range.fromHigh(), range.fromOffset(), high, offset) <= 0
          && (range.isOpen() || isBefore(high, offset, range));
    }

    /** What comes behind it with the same first half of the key as its end, up to a length. */
    public Gap behind(long length) {
      long from = range.isOpen() ? Long.MAX_VALUE : range.endOffset();
      long high = range.isOpen() ? Long.MAX_VALUE : range.endHigh();
      return new Gap(
          new KeyRange(high, from, false, high, from + Math.min(length, Long.MAX_VALUE - from)));
    }

    /** The first half of the smallest key that is lost. */
    public long fromHigh() {
      return range.fromHigh();
    }

    /** The first half of the first key behind it; the largest number when there is none. */
    public long endHigh() {
      return range.isOpen() ? Long.MAX_VALUE : range.endHigh();
    }
  }

  /** Takes items with the birth of the leaf that they are in. */
  public interface LeafVisitor {
    void item(long leafBorn, long high, long offset, byte[] value) throws IOException;
  }

  /**
   * Leaves out of a version's tree what cannot be read.
   *
   * @param rootId 0 for the empty tree
   * @return the root of what is left; the same when that is everything
   */
  public long cut(long rootId, long version, Consumer<Loss> losses) throws IOException {
    if (rootId == 0) {
      return 0;
    }
    TreeNode root;
    try {
      root = nodes.root(rootId);
      if (Long.compareUnsigned(root.born, version) > 0) {
        throw NodeCodec.corrupt(rootId, "born in version " + root.born + ", after " + version);
      }
      KeyRange.ALL.verify(root);
    } catch (CorruptStoreException e) {
      losses.accept(loss(rootId, e, KeyRange.ALL));
      return 0;
    }
    TreeNode left = cut(root, KeyRange.ALL, version, losses);
    return left == null ? 0 : left.id;
  }

  private static Loss loss(long nodeId, CorruptStoreException cause, KeyRange range) {
    return new Loss(nodeId, String.valueOf(cause.getMessage()), new Gap(range));
  }

  private @Nullable TreeNode cut(TreeNode node, KeyRange range, long version, Consumer<Loss> losses)
      throws IOException {
    if (!(node instanceof InteriorNode interior) || sound.get((int) node.id)) {
      return node;
    }
    List<@Nullable TreeNode> left = new ArrayList<>();
    boolean isWhole = true;
    for (int i = 0; i < interior.count; i++) {
      KeyRange part = range.ofChild(interior, i);
      TreeNode child = sound(interior, i, part, losses);
      TreeNode rest = child == null ? null : cut(child, part, version, losses);
      isWhole &= rest != null && rest.id == interior.childIds[i];
      left.add(rest);
    }
    if (isWhole) {
      sound.set((int) node.id);
      return node;
    }
    return withChildren(interior, left, version);
  }

  private @Nullable TreeNode sound(
      InteriorNode parent, int index, KeyRange range, Consumer<Loss> losses) throws IOException {
    try {
      TreeNode child = nodes.child(parent, index);
      range.verify(child);
      return child;
    } catch (CorruptStoreException e) {
      losses.accept(loss(parent.childIds[index], e, range));
      return null;
    }
  }

  /** A copy that leads to other children; those that are null are left out. Null without any. */
  private @Nullable TreeNode withChildren(
      InteriorNode node, List<@Nullable TreeNode> children, long version) {
    if (children.stream().allMatch(child -> child == null)) {
      return null;
    }
    InteriorNode copy = (InteriorNode) nodes.copy(node, version, version);
    for (int i = children.size() - 1; i >= 0; i--) {
      TreeNode child = children.get(i);
      if (child == null) {
        copy.remove(i);
      } else {
        copy.setChild(i, child.id, child.born);
      }
    }
    nodes.changed(copy);
    return copy;
  }

  /** Visits the items of a sound tree that lie in a gap of another. */
  public void itemsIn(long rootId, Gap gap, LeafVisitor visitor) throws IOException {
    if (rootId != 0) {
      itemsIn(nodes.root(rootId), KeyRange.ALL, gap, visitor);
    }
  }

  private void itemsIn(TreeNode node, KeyRange range, Gap gap, LeafVisitor visitor)
      throws IOException {
    for (int i = 0; i < node.count; i++) {
      if (node instanceof LeafNode leaf) {
        if (gap.holds(leaf.highs[i], leaf.offsets[i])) {
          visitor.item(leaf.born, leaf.highs[i], leaf.offsets[i], leaf.value(i));
        }
      } else {
        KeyRange part = range.ofChild(node, i);
        if (gap.meets(part)) {
          itemsIn(nodes.child((InteriorNode) node, i), part, gap, visitor);
        }
      }
    }
  }

  /**
   * Makes a version's tree one whose nodes are its parent's, or younger than that.
   *
   * @param parent the parent's number
   * @param parentNodes the nodes of its tree
   * @return the root
   */
  public long own(long rootId, long version, long parent, BitSet parentNodes) throws IOException {
    return rootId == 0 ? 0 : own(nodes.root(rootId), version, parent, parentNodes).id;
  }

  private TreeNode own(TreeNode node, long version, long parent, BitSet parentNodes)
      throws IOException {
    if (parentNodes.get((int) node.id)) {
      return node;
    }
    boolean isOwned = node.born > parent;
    if (!(node instanceof InteriorNode interior)) {
      return isOwned ? node : nodes.copy(node, version, version);
    }
    List<@Nullable TreeNode> children = new ArrayList<>();
    for (int i = 0; i < interior.count; i++) {
      TreeNode child = own(nodes.child(interior, i), version, parent, parentNodes);
      isOwned &= child.id == interior.childIds[i];
      children.add(child);
    }
    TreeNode copy = isOwned ? node : withChildren(interior, children, version);
    if (copy == null) {
      throw new IllegalStateException("node " + node.id + " has no children");
    }
    return copy;
  }

  /** Enters the nodes of a sound tree in a set. */
  public void addNodes(long rootId, BitSet reached) throws IOException {
    if (rootId != 0) {
      addNodes(nodes.root(rootId), reached);
    }
  }

  private void addNodes(TreeNode node, BitSet reached) throws IOException {
    if (reached.get((int) node.id)) {
      return;
    }
    reached.set((int) node.id);
    if (node instanceof InteriorNode interior) {
      for (int i = 0; i < interior.count; i++) {
        if (interior.level == 1) {
          reached.set((int) interior.childIds[i]);
        } else {
          addNodes(nodes.child(interior, i), reached);
        }
      }
    }
  }

  /**
   * Frees every node, with a record or in memory alone, that is not in a set.
   *
   * @return how many
   */
  public int sweep(Index index, BitSet reached) throws IOException {
    BitSet there = new BitSet();
    index.forEachRecord(id -> there.set((int) id));
    nodes.forEachDirty(id -> there.set((int) id));
    there.andNot(reached);
    there.stream().filter(id -> !nodes.isFreed(id)).forEach(nodes::free);
    return there.cardinality();
  }
}
