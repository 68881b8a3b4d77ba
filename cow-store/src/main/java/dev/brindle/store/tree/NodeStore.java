package dev.brindle.store.tree;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.index.Index;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of all trees, by id: those changed since the last freeze, those a checkpoint is
 * writing, and a cache of those that are as their records have them. Safe for any number of
 * threads; the package's description says who may change which node when.
 */
public final class NodeStore {
  /** What an entry of the cache takes beside its node: key, links, slot. */
  private static final int CACHE_ENTRY_BYTES = 112;

  /** What a freed node's id takes until its record is deleted. */
  private static final int FREED_BYTES = 64;

  private final NodeRecords records;
  final NodeLimits limits;
  private final Cache<Long, TreeNode> clean;
  private final AtomicLong dirtyBytes = new AtomicLong();

  /** What {@link #frozen} takes, in bytes of heap. */
  private volatile long frozenBytes;

  /** Changed only at a freeze, when nobody changes a tree. */
  private volatile long epoch = TreeNode.NO_EPOCH + 1;

  /** Changed since the last freeze; strong. */
  private volatile Map<Long, TreeNode> dirty = new ConcurrentHashMap<>();

  /** Changed before the last freeze, and not yet durable. */
  private volatile @Nullable Map<Long, TreeNode> frozen;

  /** Freed since the last freeze. Guarded by {@code this}. */
  private Set<Long> freed = new HashSet<>();

  /**
   * @param cacheBytesMax what the clean nodes may take, in bytes of heap; dirty nodes come on top
   */
  public NodeStore(Index index, long cacheBytesMax) {
    this(new IndexRecords(index), cacheBytesMax, NodeLimits.ONE_UNIT);
  }

  NodeStore(NodeRecords records, long cacheBytesMax, NodeLimits limits) {
    this.records = records;
    this.limits = limits;
    clean =
        Caffeine.newBuilder()
            .maximumWeight(cacheBytesMax)
            .weigher((Long id, TreeNode node) -> node.heapBytes() + CACHE_ENTRY_BYTES)
            .executor(Runnable::run) // eviction is short, and another thread would come too late
            .build();
  }

  /**
   * Heap that nodes changed and ids freed since the last freeze take: what a checkpoint would make
   * evictable. 0 only when there is nothing for it to write or to delete.
   */
  public long dirtyBytes() {
    return dirtyBytes.get();
  }

  /** As {@link #dirtyBytes}, with what a checkpoint is writing and that cannot be evicted yet. */
  public long unsettledBytes() {
    return dirtyBytes.get() + frozenBytes;
  }

  /** Heap that the cached clean nodes take. */
  public long cachedBytes() {
    return clean.policy().eviction().orElseThrow().weightedSize().orElseThrow();
  }

  /**
   * Begins a new epoch. The caller excludes everyone who changes a tree or frees a node.
   *
   * @return what has changed in the epoch that ends
   * @throws IllegalStateException what was frozen before has not been settled
   */
  public synchronized FrozenNodes freeze() {
    if (frozen != null) {
      throw new IllegalStateException("the nodes frozen before have not been settled");
    }
    Map<Long, TreeNode> nodes = dirty;
    frozen = nodes;
    dirty = new ConcurrentHashMap<>();
    Set<Long> deleted = freed;
    freed = new HashSet<>();
    frozenBytes = dirtyBytes.getAndSet(0);
    epoch++;
    return new FrozenNodes(this, records, nodes, deleted);
  }

  /** Makes frozen nodes, which are durable now, clean ones. */
  void settle(Map<Long, TreeNode> nodes) {
    if (frozen != nodes) {
      throw new IllegalStateException("settled twice");
    }
    nodes.values().forEach(this::settle);
    frozen = null;
    frozenBytes = 0;
  }

  private synchronized void settle(TreeNode node) {
    if (!dirty.containsKey(node.id) && !freed.contains(node.id)) {
      clean.put(node.id, node);
    }
  }

  /**
   * Drops a node that no tree refers to any more; the next checkpoint deletes its record.
   *
   * @throws IllegalStateException it was freed before
   */
  public synchronized void free(long nodeId) {
    if (!freed.add(nodeId)) {
      throw new IllegalStateException("node " + nodeId + " is freed twice");
    }
    TreeNode node = dirty.remove(nodeId);
    dirtyBytes.addAndGet(FREED_BYTES - (node == null ? 0 : node.countedBytes));
    clean.invalidate(nodeId);
  }

  /** Whether a node was freed since the last freeze. */
  synchronized boolean isFreed(long nodeId) {
    return freed.contains(nodeId);
  }

  /** Visits the ids of nodes changed since the last freeze. */
  void forEachDirty(LongConsumer visitor) {
    dirty.keySet().forEach(visitor::accept);
  }

  /** A new node on a level, to be changed by the version's tree until the next freeze. */
  TreeNode create(int level, long born, long version) {
    NodeIdentity identity = new NodeIdentity(records.allocate(), born, level, version, epoch);
    TreeNode node = level == 0 ? new LeafNode(identity, 8) : new InteriorNode(identity, 8);
    return adopt(node);
  }

  /** A new node with another's entries. */
  TreeNode copy(TreeNode node, long born, long version) {
    return adopt(
        node.copyAs(new NodeIdentity(records.allocate(), born, node.level, version, epoch)));
  }

  /** Whether the version's tree may change this very object now. */
  boolean isMutable(TreeNode node, long version) {
    return node.epoch == epoch && node.writer == version;
  }

  /**
   * Another object for the same node, to be changed by the version's tree until the next freeze.
   */
  TreeNode thaw(TreeNode node, long version) {
    TreeNode before = dirty.get(node.id);
    if (before != null) {
      dirtyBytes.addAndGet(-before.countedBytes);
    }
    return adopt(node.copyAs(new NodeIdentity(node.id, node.born, node.level, version, epoch)));
  }

  /** Counts what a mutable node takes after it has changed. */
  void changed(TreeNode node) {
    int bytes = node.heapBytes() + CACHE_ENTRY_BYTES;
    if (bytes != node.countedBytes) {
      dirtyBytes.addAndGet(bytes - node.countedBytes);
      node.countedBytes = bytes;
    }
  }

  private TreeNode adopt(TreeNode node) {
    dirty.put(node.id, node);
    changed(node);
    return node;
  }

  /**
   * The root of a tree.
   *
   * @throws CorruptStoreException its record is missing or damaged
   */
  TreeNode root(long id) throws IOException {
    return load(id);
  }

  /**
   * A child, which must be what its parent says.
   *
   * @throws CorruptStoreException its record is missing or damaged, or another node's
   */
  TreeNode child(InteriorNode parent, int index) throws IOException {
    TreeNode child = load(parent.childIds[index]);
    if (child.level != parent.level - 1 || child.born != parent.childBorns[index]) {
      throw NodeCodec.corrupt(
          child.id,
          "level "
              + child.level
              + ", born "
              + child.born
              + ", but its parent in record "
              + parent.id
              + " on level "
              + parent.level
              + " has it born "
              + parent.childBorns[index]);
    }
    return child;
  }

  private TreeNode load(long id) throws IOException {
    Long key = id;
    TreeNode node = dirty.get(key);
    if (node != null) {
      return node;
    }
    Map<Long, TreeNode> frozen = this.frozen;
    if (frozen != null) {
      node = frozen.get(key);
      if (node != null) {
        return node;
      }
    }
    node = clean.getIfPresent(key);
    return node != null ? node : read(key);
  }

  private TreeNode read(Long id) throws IOException {
    try {
      return clean.get(id, this::readRecord);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private TreeNode readRecord(Long id) {
    try {
      return NodeCodec.decode(id, records.get(id));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
