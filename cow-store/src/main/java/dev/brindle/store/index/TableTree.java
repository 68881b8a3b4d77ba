package dev.brindle.store.index;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A table as a B+tree whose nodes are records. A node is cut when it outgrows a unit, and joined
 * with a neighbour when both fit well into one; a single row larger than a unit has a leaf of its
 * own. The root stays the same record for ever. Nodes stay in memory once they were read.
 */
final class TableTree implements Table {
  /** Below this, a node looks for a neighbour to join. */
  private static final int SMALL_BYTES = UnitFormat.PAYLOAD_BYTES / 3;

  private static final int JOINED_BYTES_MAX = UnitFormat.PAYLOAD_BYTES * 3 / 4;

  /** What a table needs of the index. */
  interface Host {
    /** Runs a change with the freeze kept out. */
    void change(Change change) throws IOException;

    /** Takes a table's new root into the catalogue; called inside of a change. */
    void tableMade(String name, long root) throws IOException;
  }

  interface Change {
    void run() throws IOException;
  }

  private final String name;
  private final Records records;
  private final Host host;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  /**
   * All that were read or written: few, and each checkpoint needs them, whatever rots meanwhile.
   */
  private final Map<Long, TableNode> nodes = new ConcurrentHashMap<>();

  /** 0 as long as the table does not exist. Guarded by {@link #lock}. */
  private long root;

  TableTree(String name, long root, Records records, Host host) {
    this.name = name;
    this.root = root;
    this.records = records;
    this.host = host;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public byte @Nullable [] get(long key) throws IOException {
    lock.readLock().lock();
    try {
      if (root == 0) {
        return null;
      }
      TableNode node = load(root);
      while (!node.isLeaf()) {
        node = load(node.children()[node.childIndex(key)]);
      }
      int found = node.find(key);
      return found < 0 ? null : node.rows()[found];
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void forEach(RowVisitor visitor) throws IOException {
    lock.readLock().lock();
    try {
      if (root != 0) {
        forEach(load(root), visitor);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  private void forEach(TableNode node, RowVisitor visitor) throws IOException {
    for (int i = 0; i < node.count(); i++) {
      if (node.isLeaf()) {
        visitor.row(node.keys()[i], node.rows()[i]);
      } else {
        forEach(load(node.children()[i]), visitor);
      }
    }
  }

  @Override
  public void forEachSound(RowVisitor visitor, DamageVisitor damage) throws IOException {
    lock.readLock().lock();
    try {
      if (root != 0) {
        forEachSound(root, Integer.MAX_VALUE, visitor, damage);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  private void forEachSound(long id, int levelAbove, RowVisitor visitor, DamageVisitor damage)
      throws IOException {
    TableNode node;
    try {
      node = load(id);
      if (node.level() >= levelAbove) {
        throw new CorruptStoreException(
            PageFormat.INDEX_FILE, -1, "record " + id + " is not a node of that table");
      }
    } catch (CorruptStoreException e) {
      damage.damaged(e);
      return;
    }
    for (int i = 0; i < node.count(); i++) {
      if (node.isLeaf()) {
        visitor.row(node.keys()[i], node.rows()[i]);
      } else {
        forEachSound(node.children()[i], node.level(), visitor, damage);
      }
    }
  }

  @Override
  public void clear() throws IOException {
    host.change(
        () -> {
          lock.writeLock().lock();
          try {
            if (root != 0) {
              nodes.clear();
              save(root, TableNode.emptyLeaf());
            }
          } finally {
            lock.writeLock().unlock();
          }
        });
  }

  /** Visits the records that the table consists of. */
  void forEachNode(LongConsumer visitor) throws IOException {
    lock.readLock().lock();
    try {
      if (root != 0) {
        forEachNode(root, visitor);
      }
    } finally {
      lock.readLock().unlock();
    }
  }

  private void forEachNode(long id, LongConsumer visitor) throws IOException {
    visitor.accept(id);
    for (long child : load(id).children()) {
      forEachNode(child, visitor);
    }
  }

  @Override
  public void put(long key, byte[] row) throws IOException {
    Index.checkLength(row.length);
    host.change(
        () -> {
          lock.writeLock().lock();
          try {
            if (root == 0) {
              makeRoot();
            }
            List<Sibling> siblings = putBelow(root, key, row);
            if (!siblings.isEmpty()) {
              raiseRoot(siblings);
            }
          } finally {
            lock.writeLock().unlock();
          }
        });
  }

  private void makeRoot() throws IOException {
    long id = records.allocate();
    save(id, TableNode.emptyLeaf());
    host.tableMade(name, id);
    root = id;
  }

  /** A node that was cut off from the right of another. */
  private record Sibling(long firstKey, long id) {}

  private List<Sibling> putBelow(long id, long key, byte[] row) throws IOException {
    TableNode node = load(id);
    if (node.isLeaf()) {
      TableNode changed = node.withRow(key, row);
      boolean appended = changed.count() > node.count() && key == last(changed);
      return saveOrCut(id, changed, appended);
    }
    TableNode before = node;
    node = node.reachingDownTo(key);
    int at = node.childIndex(key);
    List<Sibling> siblings = putBelow(node.children()[at], key, row);
    if (siblings.isEmpty() && node == before) {
      return siblings;
    }
    boolean appended = at == node.count() - 1;
    for (Sibling sibling : siblings) {
      node = node.withChild(++at, sibling.firstKey, sibling.id);
    }
    return saveOrCut(id, node, appended);
  }

  private static long last(TableNode node) {
    return node.keys()[node.count() - 1];
  }

  /**
   * Saves a node, in as many pieces as it takes; the first keeps the number.
   *
   * @param appended the last entry is new: then keys ascend, and what is left of it stays full
   */
  private List<Sibling> saveOrCut(long id, TableNode node, boolean appended) throws IOException {
    List<Sibling> siblings = new ArrayList<>();
    cutAndSave(id, node, appended, siblings);
    return siblings;
  }

  private void cutAndSave(long id, TableNode node, boolean appended, List<Sibling> siblings)
      throws IOException {
    if (node.count() == 1 || node.bytes() <= UnitFormat.PAYLOAD_BYTES) {
      save(id, node);
      return;
    }
    int at = appended ? node.count() - 1 : node.middle();
    cutAndSave(id, node.slice(0, at), false, siblings);
    TableNode right = node.slice(at, node.count());
    long rightId = records.allocate();
    siblings.add(new Sibling(right.keys()[0], rightId));
    cutAndSave(rightId, right, false, siblings);
  }

  /** The root was cut: its first piece moves to another record, and it becomes the parent. */
  private void raiseRoot(List<Sibling> siblings) throws IOException {
    TableNode first = load(root);
    long firstId = records.allocate();
    save(firstId, first);
    TableNode parent =
        TableNode.interior(first.level() + 1, new long[] {first.keys()[0]}, new long[] {firstId});
    for (Sibling sibling : siblings) {
      parent = parent.withChild(parent.count(), sibling.firstKey, sibling.id);
    }
    List<Sibling> more = saveOrCut(root, parent, false);
    if (!more.isEmpty()) {
      raiseRoot(more);
    }
  }

  @Override
  public void remove(long key) throws IOException {
    host.change(
        () -> {
          lock.writeLock().lock();
          try {
            if (root != 0) {
              removeBelow(root, load(root), key);
              lowerRoot();
            }
          } finally {
            lock.writeLock().unlock();
          }
        });
  }

  /** Removes the key and saves the node; returns the node as it is then. */
  private TableNode removeBelow(long id, TableNode node, long key) throws IOException {
    TableNode changed = node.isLeaf() ? withoutRow(node, key) : withoutBelow(node, key);
    if (changed != node) {
      save(id, changed);
    }
    return changed;
  }

  private static TableNode withoutRow(TableNode leaf, long key) {
    int found = leaf.find(key);
    return found < 0 ? leaf : leaf.without(found);
  }

  private TableNode withoutBelow(TableNode node, long key) throws IOException {
    int at = node.childIndex(key);
    TableNode before = load(node.children()[at]);
    TableNode child = removeBelow(node.children()[at], before, key);
    if (child.count() == 0) {
      delete(node.children()[at]);
      return node.without(at);
    }
    if (child == before || child.bytes() >= SMALL_BYTES || node.count() == 1) {
      return node;
    }
    int left = at == 0 ? 0 : at - 1;
    TableNode joined =
        TableNode.joined(load(node.children()[left]), load(node.children()[left + 1]));
    if (joined.bytes() > JOINED_BYTES_MAX) {
      return node;
    }
    save(node.children()[left], joined);
    delete(node.children()[left + 1]);
    return node.without(left + 1);
  }

  /** A root with a single child takes its place; one with none becomes a leaf. */
  private void lowerRoot() throws IOException {
    TableNode node = load(root);
    while (!node.isLeaf() && node.count() <= 1) {
      if (node.count() == 0) {
        node = TableNode.emptyLeaf();
      } else {
        long child = node.children()[0];
        node = load(child);
        delete(child);
      }
      save(root, node);
    }
  }

  private TableNode load(long id) throws IOException {
    TableNode known = nodes.get(id);
    if (known != null) {
      return known;
    }
    TableNode read = TableNode.decode(id, records.get(id));
    nodes.put(id, read);
    return read;
  }

  private void save(long id, TableNode node) throws IOException {
    records.put(id, node.encode());
    nodes.put(id, node);
  }

  private void delete(long id) throws IOException {
    records.delete(id);
    nodes.remove(id);
  }
}
