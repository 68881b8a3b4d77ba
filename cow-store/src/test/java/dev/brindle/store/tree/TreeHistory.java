package dev.brindle.store.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.tree.TestVersion.Dead;
import dev.brindle.store.tree.TestVersion.Key;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A tree of versions over one node store, beside a model of each in a {@link TreeMap}: everything
 * that can happen to trees, and what must hold after it.
 */
final class TreeHistory {
  private final MapRecords records = new MapRecords();
  private final NodeLimits limits;
  private final Random random;
  private final int keysMax;
  private final int valueBytesMax;
  private NodeStore nodes;
  private final TreeMap<Long, TestVersion> versions = new TreeMap<>();
  private final TreeMap<Long, Tree> heads = new TreeMap<>();
  private long lastVersion;
  private FrozenNodes frozen;
  private boolean isWritten;
  int levelMax;

  TreeHistory(NodeLimits limits, int keysMax, int valueBytesMax, Random random) {
    this.limits = limits;
    this.keysMax = keysMax;
    this.valueBytesMax = valueBytesMax;
    this.random = random;
    nodes = newStore();
    addHead(new TestVersion(nodes, ++lastVersion));
  }

  private NodeStore newStore() {
    // a cache of a few nodes, so that most reads go to the records
    return new NodeStore(records, 20_000, limits);
  }

  private void addHead(TestVersion version) {
    versions.put(version.version, version);
    heads.put(version.version, new Tree(nodes, version, version.root));
  }

  private <T> T any(TreeMap<Long, T> map) {
    return new ArrayList<>(map.values()).get(random.nextInt(map.size()));
  }

  private TestVersion anyHead() {
    return versions.get(new ArrayList<>(heads.keySet()).get(random.nextInt(heads.size())));
  }

  private Key key() {
    int number = random.nextInt(keysMax);
    // few high parts with many offsets, as items of files are, and both ends of the range
    long high = number % 7 == 0 ? -1L - number % 5 : (number % 11) << 8;
    return new Key(high, number % 3 == 0 ? number * 0x9e3779b97f4a7c15L : number);
  }

  private byte[] value() {
    int length = random.nextInt(valueBytesMax);
    if (random.nextInt(50) == 0) {
      length = random.nextInt(3 * limits.bytesMax());
    }
    byte[] value = new byte[length];
    random.nextBytes(value);
    return value;
  }

  void put() throws IOException {
    TestVersion head = anyHead();
    Key key = key();
    byte[] value = value();
    Tree tree = heads.get(head.version);
    assertSame(head.model.put(key, value), tree.put(key.high(), key.offset(), value));
    head.root = tree.root();
  }

  void remove() throws IOException {
    TestVersion head = anyHead();
    Key key = key();
    if (random.nextBoolean() && head.model.ceilingKey(key) != null) {
      key = head.model.ceilingKey(key);
    }
    Tree tree = heads.get(head.version);
    assertSame(head.model.remove(key), tree.remove(key.high(), key.offset()));
    head.root = tree.root();
  }

  /** Removes a run of items, so that whole subtrees go. */
  void removeMany() throws IOException {
    TestVersion head = anyHead();
    Tree tree = heads.get(head.version);
    Key key = key();
    int count = random.nextInt(100);
    for (int i = 0; i < count && head.model.ceilingKey(key) != null; i++) {
      key = head.model.ceilingKey(key);
      assertSame(head.model.remove(key), tree.remove(key.high(), key.offset()));
    }
    head.root = tree.root();
  }

  /** Puts a run of items of one file, up or down. */
  void putMany() throws IOException {
    TestVersion head = anyHead();
    Tree tree = heads.get(head.version);
    long high = (long) random.nextInt(11) << 8;
    int first = random.nextInt(keysMax);
    int step = random.nextBoolean() ? 1 : -1;
    for (int i = 0; i < 60; i++) {
      Key key = new Key(high, (first + step * i) * 4096L);
      byte[] value = value();
      assertSame(head.model.put(key, value), tree.put(key.high(), key.offset(), value));
    }
    head.root = tree.root();
  }

  void look() throws IOException {
    TestVersion version = any(versions);
    TreeReader tree = reader(version);
    Key key = key();
    assertSame(version.model.get(key), tree.get(key.high(), key.offset()));
    assertItem(version.model.floorEntry(key), tree.floor(key.high(), key.offset()));
    assertItem(version.model.ceilingEntry(key), tree.ceiling(key.high(), key.offset()));
    Key end = key();
    List<Key> seen = new ArrayList<>();
    tree.forEach(
        key.high(),
        key.offset(),
        end.high(),
        end.offset(),
        (high, offset, value) -> {
          seen.add(new Key(high, offset));
          return true;
        });
    List<Key> expected =
        key.compareTo(end) < 0 ? List.copyOf(version.model.subMap(key, end).keySet()) : List.of();
    assertEquals(expected, seen);
  }

  private TreeReader reader(TestVersion version) {
    Tree tree = heads.get(version.version);
    return tree != null ? tree : new TreeReader(nodes, version.root);
  }

  void snapshot() {
    TestVersion head = anyHead();
    TestVersion next = new TestVersion(head, ++lastVersion);
    head.isHead = false;
    Tree tree = heads.remove(head.version);
    tree.rebase(next);
    versions.put(next.version, next);
    heads.put(next.version, tree);
  }

  void branch() {
    TestVersion origin = any(versions);
    if (!origin.isHead && heads.size() < 6) {
      addHead(new TestVersion(origin, ++lastVersion));
    }
  }

  /** Deletes any version that may go, in the way that its place demands. */
  void delete() throws IOException {
    TestVersion version = any(versions);
    List<TestVersion> children =
        versions.values().stream().filter(v -> v.parent == version.version).toList();
    if (children.size() == 1) {
      splice(version, children.get(0));
    } else if (children.isEmpty() && versions.size() > 1 && (!version.isHead || heads.size() > 1)) {
      deleteLeaf(version);
    }
  }

  private void splice(TestVersion version, TestVersion child) {
    List<Dead> kept = new ArrayList<>(version.deadlist);
    for (Dead dead : child.deadlist) {
      if (dead.born() > version.parent) {
        nodes.free(dead.nodeId());
      } else {
        kept.add(dead);
      }
    }
    child.deadlist = kept;
    child.parent = version.parent;
    versions.remove(version.version);
  }

  private void deleteLeaf(TestVersion version) throws IOException {
    heads.remove(version.version);
    versions.remove(version.version);
    Set<Long> expected = new HashSet<>();
    for (NodeSeen node : walk(version, new HashSet<>())) {
      if (node.born() > version.parent) {
        expected.add(node.id());
      }
    }
    Map<Key, byte[]> items = new TreeMap<>();
    long high = 0;
    long offset = 0;
    boolean isDone = false;
    while (!isDone) {
      // each step is a walk of its own, as after a restart
      OwnedWalk walk = new OwnedWalk(nodes, version.root, version.parent, high, offset);
      isDone =
          walk.step(
              1 + random.nextInt(40),
              new OwnedWalk.Visitor() {
                @Override
                public void item(long high, long offset, byte[] value) {
                  assertNull(items.put(new Key(high, offset), value));
                }

                @Override
                public void node(long nodeId, int bytes, long born) {
                  assertTrue(expected.remove(nodeId), "not owned, or visited twice");
                  nodes.free(nodeId);
                }

                @Override
                public void damaged(long nodeId, CorruptStoreException cause) {
                  throw new AssertionError(cause);
                }
              });
      high = walk.high();
      offset = walk.offset();
      if (random.nextInt(3) == 0) {
        checkpoint();
      }
    }
    assertEquals(Set.of(), expected, "not visited");
    items.forEach((key, value) -> assertArrayEquals(version.model.get(key), value));
  }

  /** The next part of a checkpoint. */
  void checkpointPart() throws IOException {
    if (frozen == null) {
      frozen = nodes.freeze();
      isWritten = false;
      assertEquals(0, nodes.dirtyBytes());
    } else if (!isWritten) {
      frozen.write();
      isWritten = true;
    } else {
      frozen.settle();
      frozen = null;
    }
  }

  void checkpoint() throws IOException {
    while (frozen != null) {
      checkpointPart();
    }
    do {
      checkpointPart();
    } while (frozen != null);
  }

  /** Begins anew with what the records hold. */
  void reopen() throws IOException {
    checkpoint();
    nodes = newStore();
    for (TestVersion version : versions.values()) {
      version.nodes = nodes;
    }
    heads.replaceAll((number, tree) -> new Tree(nodes, versions.get(number), tree.root()));
  }

  void diff() throws IOException {
    TestVersion from = any(versions);
    TestVersion to = any(versions);
    TreeMap<Key, byte[]> result = new TreeMap<>(from.model);
    Key[] last = {null};
    TreeDiff.walk(
        reader(from),
        reader(to),
        (high, offset, before, after) -> {
          Key key = new Key(high, offset);
          assertTrue(last[0] == null || last[0].compareTo(key) < 0, "in order");
          last[0] = key;
          assertSame(result.get(key), before);
          assertTrue(before == null || !java.util.Arrays.equals(before, after));
          if (after == null) {
            result.remove(key);
          } else {
            result.put(key, after);
          }
        });
    assertModel(to.model, result);
  }

  /** Verifies everything: structure, contents, sizes, and that no node is lost or left over. */
  void check() throws IOException {
    checkpoint();
    Set<Long> reachable = new HashSet<>();
    for (TestVersion version : versions.values()) {
      TreeMap<Key, byte[]> found = new TreeMap<>();
      reader(version)
          .forEach(
              0,
              0,
              (high, offset, value) -> {
                found.put(new Key(high, offset), value);
                return true;
              });
      assertModel(version.model, found);
      long bytes = 0;
      for (NodeSeen node : walk(version, new HashSet<>())) {
        bytes += dev.brindle.store.index.Index.storedBytes(node.encodedBytes());
        assertEquals(records.records.get(node.id()).length, node.encodedBytes());
        reachable.add(node.id());
        levelMax = Math.max(levelMax, node.level());
      }
      assertEquals(bytes, version.bytes, "referred bytes of version " + version.version);
    }
    assertEquals(reachable, records.records.keySet());
    assertEquals(reachable, records.allocated());
  }

  record NodeSeen(long id, long born, int level, int encodedBytes) {}

  private List<NodeSeen> walk(TestVersion version, Set<Long> passed) throws IOException {
    List<NodeSeen> seen = new ArrayList<>();
    TreeWalk.walk(
        nodes,
        version.root,
        version.version,
        new TreeWalk.Visitor() {
          private int items;

          @Override
          public boolean enter(long nodeId) {
            return passed.add(nodeId);
          }

          @Override
          public void node(long nodeId, long born, int level, int encodedBytes) {
            items = 0;
            assertTrue(encodedBytes <= limits.bytesMax() || level == 0);
            seen.add(new NodeSeen(nodeId, born, level, encodedBytes));
          }

          @Override
          public void item(long high, long offset, byte[] value) {
            items++;
            NodeSeen node = seen.get(seen.size() - 1);
            assertTrue(node.encodedBytes() <= limits.bytesMax() || items == 1);
          }

          @Override
          public void damaged(long nodeId, CorruptStoreException cause) {
            throw new AssertionError(cause);
          }
        });
    return seen;
  }

  private static void assertModel(Map<Key, byte[]> expected, Map<Key, byte[]> actual) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach((key, value) -> assertArrayEquals(value, actual.get(key)));
  }

  private static void assertSame(byte[] expected, byte[] actual) {
    assertArrayEquals(expected, actual);
  }

  private static void assertItem(Map.Entry<Key, byte[]> expected, Item actual) {
    if (expected == null) {
      assertNull(actual);
      return;
    }
    assertNotNull(actual);
    assertEquals(expected.getKey(), new Key(actual.high(), actual.offset()));
    assertArrayEquals(expected.getValue(), actual.value());
  }
}
