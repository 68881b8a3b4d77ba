package dev.brindle.store.version;

import dev.brindle.store.tree.Item;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.tree.Ownership;
import dev.brindle.store.tree.Tree;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The deadlists' rows in a tree of their own. It belongs to no version and owns all its nodes. */
final class DeadlistTree implements SortedRows {
  /** The birth of its nodes: before every version. */
  private static final long BORN = 0;

  private final NodeStore nodes;
  private Tree tree;

  DeadlistTree(NodeStore nodes, long root) {
    this.nodes = nodes;
    tree = new Tree(nodes, new OwnsAll(nodes), root);
  }

  private record OwnsAll(NodeStore nodes) implements Ownership {
    @Override
    public long version() {
      return BORN;
    }

    @Override
    public boolean owns(long born) {
      return true;
    }

    @Override
    public void allocated(int bytes) {}

    @Override
    public void released(long nodeId, int bytes, long born) {
      nodes.free(nodeId);
    }
  }

  @Override
  public byte @Nullable [] get(long high, long offset) throws IOException {
    return tree.get(high, offset);
  }

  @Override
  public @Nullable Row floor(long high, long offset) throws IOException {
    return row(tree.floor(high, offset));
  }

  @Override
  public @Nullable Row ceiling(long high, long offset) throws IOException {
    return row(tree.ceiling(high, offset));
  }

  private static @Nullable Row row(@Nullable Item item) {
    return item == null ? null : new Row(item.high(), item.offset(), item.value());
  }

  @Override
  public byte @Nullable [] put(long high, long offset, byte[] value) throws IOException {
    return tree.put(high, offset, value);
  }

  @Override
  public byte @Nullable [] remove(long high, long offset) throws IOException {
    return tree.remove(high, offset);
  }

  @Override
  public void clear() {
    tree = new Tree(nodes, new OwnsAll(nodes), 0);
  }

  @Override
  public long root() {
    return tree.root();
  }
}
