package dev.brindle.store.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.index.Index;
import java.io.IOException;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Trees whose nodes are records of a real index, and the index after the process has died. */
class TreeOnIndexTest {
  private static final StoreId STORE = new StoreId(1, 2);
  private static final long CACHE_BYTES = 200_000;

  @Test
  void tree_afterProcessDeath_isThatOfTheLastCheckpoint() throws IOException {
    Random random = TestTrees.random();
    FaultyDisk disk = new FaultyDisk();
    TreeMap<Long, byte[]> durable = new TreeMap<>();
    long root = 0;
    Index.create(disk, STORE).close();
    for (int life = 0; life < 6; life++) {
      Index index = Index.open(disk, STORE, 0);
      NodeStore nodes = new NodeStore(index, CACHE_BYTES);
      assertHolds(durable, root, index, nodes);
      TreeMap<Long, byte[]> model = new TreeMap<>(durable);
      Tree tree = new Tree(nodes, new TestVersion(nodes, 1), root);
      for (int checkpoint = 0; checkpoint < 3; checkpoint++) {
        change(random, tree, model);
        FrozenNodes frozen = nodes.freeze();
        durable = new TreeMap<>(model);
        root = tree.root();
        change(random, tree, model);
        frozen.write();
        index.freeze();
        index.write();
        frozen.settle();
      }
      index.close();
      disk = disk.afterProcessDeath();
    }
  }

  private static void change(Random random, Tree tree, TreeMap<Long, byte[]> model)
      throws IOException {
    for (int i = 0; i < 2_000; i++) {
      long offset = random.nextInt(20_000);
      if (random.nextInt(3) == 0) {
        assertArrayEquals(model.remove(offset), tree.remove(5, offset));
      } else {
        int length = i % 500 == 0 ? 20_000 : random.nextInt(100);
        byte[] value = TestTrees.value(random.nextLong(), length);
        assertArrayEquals(model.put(offset, value), tree.put(5, offset, value));
      }
    }
  }

  private static void assertHolds(
      TreeMap<Long, byte[]> model, long root, Index index, NodeStore nodes) throws IOException {
    TreeMap<Long, byte[]> found = new TreeMap<>();
    new TreeReader(nodes, root)
        .forEach(
            0,
            0,
            (high, offset, value) -> {
              found.put(offset, value);
              return true;
            });
    assertEquals(model.keySet(), found.keySet());
    model.forEach((offset, value) -> assertArrayEquals(value, found.get(offset)));
    Set<Long> reachable = new HashSet<>();
    TestTrees.nodesOf(nodes, root).forEach(node -> reachable.add(node.id()));
    Set<Long> records = new HashSet<>();
    index.forEachRecord(records::add);
    assertEquals(reachable, records);
  }
}
