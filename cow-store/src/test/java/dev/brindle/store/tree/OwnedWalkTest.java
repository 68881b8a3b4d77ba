package dev.brindle.store.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnedWalkTest {
  private final UnreadableRecords records = new UnreadableRecords();
  private NodeStore nodes = new NodeStore(records, 1 << 20, new NodeLimits(300));
  private final TestVersion version = new TestVersion(nodes, 1);
  private final Tree tree = new Tree(nodes, version, 0);
  private final Collector collector = new Collector();

  private List<TestTrees.Seen> fill() throws IOException {
    for (int i = 0; i < 3_000; i++) {
      tree.put(5, i, TestTrees.value(i, 20));
    }
    TestTrees.checkpoint(nodes);
    List<TestTrees.Seen> all = TestTrees.nodesOf(nodes, tree.root());
    nodes = new NodeStore(records, 1 << 20, new NodeLimits(300));
    return all;
  }

  /** Walks in steps, frees what is visited, and deletes its records between the steps. */
  private void walk(int steps) throws IOException {
    long high = 0;
    long offset = 0;
    for (boolean isDone = false; !isDone; ) {
      OwnedWalk walk = new OwnedWalk(nodes, tree.root(), 0, high, offset);
      try {
        isDone = walk.step(steps, collector);
      } finally {
        high = walk.high();
        offset = walk.offset();
      }
      TestTrees.checkpoint(nodes);
    }
  }

  private static long pick(List<TestTrees.Seen> all, int level, int index) {
    return all.stream()
        .filter(node -> node.level() == level)
        .skip(index)
        .findFirst()
        .orElseThrow()
        .id();
  }

  @Test
  void step_ofAnEmptyTree_isTheLast() throws IOException {
    assertTrue(new OwnedWalk(nodes, 0, 0, 0, 0).step(1, collector));
  }

  @Test
  void step_ofASharedRoot_visitsNothing() throws IOException {
    fill();
    assertTrue(new OwnedWalk(nodes, tree.root(), 1, 0, 0).step(1, collector));
    assertEquals(List.of(), collector.visited);
  }

  @Test
  void walk_inSmallSteps_visitsAllOnceAndFreesAllRecords() throws IOException {
    List<TestTrees.Seen> all = fill();
    assertTrue(all.stream().mapToInt(TestTrees.Seen::level).max().orElseThrow() >= 3);
    walk(1);
    assertEquals(all.size(), collector.visited.size());
    assertEquals(3_000, collector.items.size());
    assertEquals(Set.of(), records.inner.allocated());
  }

  @Test
  void step_staysNearItsBudget() throws IOException {
    fill();
    for (int steps : new int[] {1, 10, 100, 1_000}) {
      Collector some = new Collector();
      assertFalse(new OwnedWalk(nodes, tree.root(), 0, 0, 0).step(steps, some));
      int visits = some.items.size() + some.visited.size();
      assertTrue(visits >= steps && visits < steps + 30, visits + " visits in " + steps + " steps");
    }
  }

  @Test
  void walk_overADamagedLeaf_goesOnBehindIt() throws IOException {
    List<TestTrees.Seen> all = fill();
    long leaf = pick(all, 0, 17);
    records.inner.records.get(leaf)[30] ^= 1;
    walk(7);
    assertEquals(List.of(leaf), collector.damaged);
    assertEquals(Set.of(leaf), records.inner.allocated());
  }

  @Test
  void walk_overADamagedInteriorNode_losesOnlyWhatIsBelow() throws IOException {
    List<TestTrees.Seen> all = fill();
    long interior = pick(all, 1, 4);
    Set<Long> below = new HashSet<>();
    InteriorNode node =
        (InteriorNode) NodeCodec.decode(interior, records.inner.records.get(interior));
    for (int i = 0; i < node.count; i++) {
      below.add(node.childIds[i]);
    }
    below.add(interior);
    records.inner.records.get(interior)[0] ^= 1;
    walk(7);
    assertEquals(List.of(interior), collector.damaged);
    assertEquals(below, records.inner.allocated());
  }

  @Test
  void walk_ofADamagedRoot_ends() throws IOException {
    fill();
    records.inner.records.remove(tree.root());
    walk(7);
    assertEquals(List.of(tree.root()), collector.damaged);
    assertEquals(List.of(), collector.visited);
  }

  @Test
  void step_thatCannotRead_keepsItsPlace() throws IOException {
    List<TestTrees.Seen> all = fill();
    List<TestTrees.Seen> leaves =
        all.stream()
            .filter(node -> node.level() == 0)
            .sorted(Comparator.comparing(TestTrees.Seen::id))
            .toList();
    records.unreadable = leaves.get(leaves.size() / 2).id();
    OwnedWalk walk = new OwnedWalk(nodes, tree.root(), 0, 0, 0);
    assertThrows(IOException.class, () -> walk.step(1_000_000, collector));
    TestTrees.checkpoint(nodes);
    assertTrue(collector.visited.size() > 10);
    records.unreadable = 0;
    assertTrue(
        new OwnedWalk(nodes, tree.root(), 0, walk.high(), walk.offset())
            .step(1_000_000, collector));
    TestTrees.checkpoint(nodes);
    assertEquals(all.size(), collector.visited.size());
    assertEquals(Set.of(), records.inner.allocated());
  }

  private final class Collector implements OwnedWalk.Visitor {
    final List<Long> visited = new ArrayList<>();
    final Set<Long> items = new HashSet<>();
    final List<Long> damaged = new ArrayList<>();

    @Override
    public void item(long high, long offset, byte[] value) {
      assertTrue(items.add(offset), "visited twice");
    }

    @Override
    public void node(long nodeId, int bytes, long born) {
      visited.add(nodeId);
      assertEquals(8192, bytes);
      if (this == collector) {
        nodes.free(nodeId);
      }
    }

    @Override
    public void damaged(long nodeId, CorruptStoreException cause) {
      damaged.add(nodeId);
    }
  }

  /** Records of which one may be on a bad sector. */
  private static final class UnreadableRecords implements NodeRecords {
    final MapRecords inner = new MapRecords();
    long unreadable;

    @Override
    public long allocate() {
      return inner.allocate();
    }

    @Override
    public byte[] get(long id) throws IOException {
      if (id == unreadable) {
        throw new IOException("unreadable on purpose");
      }
      return inner.get(id);
    }

    @Override
    public void put(long id, byte[] bytes) {
      inner.put(id, bytes);
    }

    @Override
    public void delete(long id) {
      inner.delete(id);
    }
  }
}
