package dev.brindle.store.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TreeDiffTest {
  private static final int ITEMS = 200_000;

  private final MapRecords records = new MapRecords();
  private final NodeStore nodes = new NodeStore(records, 1 << 20, NodeLimits.ONE_UNIT);
  private final TestVersion first = new TestVersion(nodes, 1);
  private final Tree tree = new Tree(nodes, first, 0);

  private long fillAndSnapshot() throws IOException {
    for (int i = 0; i < ITEMS; i++) {
      tree.put(5, 10L * i, TestTrees.value(i, 30));
      if (nodes.dirtyBytes() > 1 << 20) {
        TestTrees.checkpoint(nodes);
      }
    }
    first.root = tree.root();
    tree.rebase(new TestVersion(first, 2));
    return tree.root();
  }

  /** Returns the offsets that differ, and verifies how many nodes it took to find them. */
  private List<Long> diff(long from, long to, int readsMax) throws IOException {
    TestTrees.checkpoint(nodes);
    NodeStore cold = new NodeStore(records, 1 << 20, NodeLimits.ONE_UNIT);
    List<Long> found = new ArrayList<>();
    records.reads = 0;
    TreeDiff.walk(
        new TreeReader(cold, from),
        new TreeReader(cold, to),
        (high, offset, before, after) -> found.add(offset));
    assertTrue(records.reads <= readsMax, records.reads + " nodes read");
    return found;
  }

  @Test
  void diff_ofTheSameTree_readsNothing() throws IOException {
    long root = fillAndSnapshot();
    assertEquals(List.of(), diff(root, root, 0));
  }

  @Test
  void diff_ofAFewChanges_readsTheirPathsOnly() throws IOException {
    long root = fillAndSnapshot();
    Random random = TestTrees.random();
    TreeSet<Long> changed = new TreeSet<>();
    for (int i = 0; i < 10; i++) {
      long offset = random.nextInt(10 * ITEMS);
      tree.put(5, offset, new byte[3]);
      changed.add(offset);
    }
    for (int i = 0; i < 10; i++) {
      long offset = 10L * random.nextInt(ITEMS);
      tree.remove(5, offset);
      changed.add(offset);
    }
    assertEquals(List.copyOf(changed), diff(root, tree.root(), 2 * 3 * 20));
    assertEquals(List.copyOf(changed), diff(tree.root(), root, 2 * 3 * 20));
  }

  @Test
  void diff_afterARangeIsGone_readsThatRangeOnly() throws IOException {
    long root = fillAndSnapshot();
    List<Long> changed = new ArrayList<>();
    for (long offset = 500_000; offset < 520_000; offset += 10) {
      tree.remove(5, offset);
      changed.add(offset);
    }
    assertEquals(changed, diff(root, tree.root(), 40));
  }

  @Test
  void diff_ofAnEmptyTree_isAllThatTheOtherHas() throws IOException {
    tree.put(5, 1, new byte[1]);
    tree.put(5, 2, new byte[1]);
    assertEquals(List.of(1L, 2L), diff(0, tree.root(), 1));
    assertEquals(List.of(1L, 2L), diff(tree.root(), 0, 1));
  }

  @Test
  void diff_ofAValueWrittenAgain_isNone() throws IOException {
    long root = fillAndSnapshot();
    tree.put(5, 70, TestTrees.value(7, 30));
    assertTrue(root != tree.root());
    assertEquals(List.of(), diff(root, tree.root(), 6));
  }
}
