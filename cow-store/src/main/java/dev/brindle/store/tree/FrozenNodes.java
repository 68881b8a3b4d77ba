package dev.brindle.store.tree;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What had changed when an epoch ended: the nodes that a checkpoint writes and the records that it
 * deletes, while trees go on changing. First {@link #write}, then the index is made durable, then
 * {@link #settle}; trees find the nodes here until then. For one thread at a time.
 */
public final class FrozenNodes {
  private final NodeStore store;
  private final NodeRecords records;
  private final Map<Long, TreeNode> nodes;
  private final Collection<Long> deleted;

  /** What is left to do; null before the first write, since freezing must not take long. */
  private @Nullable Queue<TreeNode> unwritten;

  private @Nullable Queue<Long> undeleted;
  private boolean isWritten;

  FrozenNodes(
      NodeStore store, NodeRecords records, Map<Long, TreeNode> nodes, Collection<Long> deleted) {
    this.store = store;
    this.records = records;
    this.nodes = nodes;
    this.deleted = deleted;
  }

  /**
   * Puts the nodes' records and deletes those of freed nodes; holds no lock. When it fails, it may
   * be called again and goes on: nothing is deleted twice, since a deleted record's id may already
   * be another's.
   */
  public void write() throws IOException {
    if (unwritten == null || undeleted == null) {
      unwritten = new ArrayDeque<>(nodes.values());
      undeleted = new ArrayDeque<>(deleted);
    }
    for (TreeNode node = unwritten.peek(); node != null; node = unwritten.peek()) {
      records.put(node.id, NodeCodec.encode(node));
      unwritten.remove();
    }
    for (Long id = undeleted.peek(); id != null; id = undeleted.peek()) {
      records.delete(id);
      undeleted.remove();
    }
    isWritten = true;
  }

  /**
   * Lets the nodes be evicted: the index has made their records durable.
   *
   * @throws IllegalStateException they were not all written
   */
  public void settle() {
    if (!isWritten) {
      throw new IllegalStateException("nodes are settled before they are written");
    }
    store.settle(nodes);
  }
}
