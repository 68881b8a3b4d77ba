package dev.brindle.store.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.index.Index;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TreeTest {
  private final MapRecords records = new MapRecords();
  private NodeStore nodes = new NodeStore(records, 1 << 20, NodeLimits.ONE_UNIT);
  private TestVersion version = new TestVersion(nodes, 1);
  private Tree tree = new Tree(nodes, version, 0);

  private void fill(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      tree.put(5, i, TestTrees.value(i, 50));
    }
  }

  private void reopen() throws IOException {
    TestTrees.checkpoint(nodes);
    nodes = new NodeStore(records, 1 << 20, NodeLimits.ONE_UNIT);
    version.nodes = nodes;
    tree = new Tree(nodes, version, tree.root());
  }

  private void snapshot() {
    version = new TestVersion(version, version.version + 1);
    version.root = tree.root();
    tree.rebase(version);
  }

  private long bytesOfNodes() throws IOException {
    return TestTrees.nodesOf(nodes, tree.root()).stream()
        .mapToLong(node -> Index.storedBytes(node.encodedBytes()))
        .sum();
  }

  @Test
  void get_onEmptyTree_findsNothing() throws IOException {
    assertEquals(0, tree.root());
    assertNull(tree.get(1, 2));
    assertNull(tree.floor(-1, -1));
    assertNull(tree.ceiling(0, 0));
    assertNull(tree.remove(1, 2));
    assertFalse(tree.cursor(0, 0).next());
  }

  @Test
  void put_atBothEndsOfTheKeys_isOrderedUnsigned() throws IOException {
    tree.put(-1, -1, new byte[] {1});
    tree.put(0, 0, new byte[] {2});
    tree.put(Long.MAX_VALUE, 3, new byte[] {3});
    assertArrayEquals(new byte[] {1}, tree.floor(-1, -1).value());
    assertArrayEquals(new byte[] {2}, tree.ceiling(0, 0).value());
    assertEquals(-1, tree.ceiling(Long.MAX_VALUE, 4).high());
    assertEquals(Long.MAX_VALUE, tree.floor(Long.MIN_VALUE, 0).high());
  }

  @Test
  void put_largeItemIntoAFullLeafsMiddle_standsAlone() throws IOException {
    for (int i = 0; i < 120; i++) {
      tree.put(5, 2L * i, TestTrees.value(i, 60));
    }
    assertEquals(1, TestTrees.nodesOf(nodes, tree.root()).size());
    byte[] large = TestTrees.value(1, 66 * 1024);
    tree.put(5, 101, large);
    assertArrayEquals(large, tree.get(5, 101));
    assertEquals(4, TestTrees.nodesOf(nodes, tree.root()).size());
    assertEquals(3 * 8192 + 9 * 8192, version.bytes);
    assertEquals(bytesOfNodes(), version.bytes);
    reopen();
    assertArrayEquals(large, tree.get(5, 101));
    assertArrayEquals(large, tree.put(5, 101, new byte[20_000]));
    assertEquals(bytesOfNodes(), version.bytes);
    assertEquals(20_000, tree.put(5, 101, new byte[10]).length);
    assertEquals(bytesOfNodes(), version.bytes);
    tree.remove(5, 101);
    assertEquals(bytesOfNodes(), version.bytes);
    for (int i = 0; i < 120; i++) {
      assertArrayEquals(TestTrees.value(i, 60), tree.get(5, 2L * i));
    }
  }

  @Test
  void put_manyLargeItems_keepsThemAll() throws IOException {
    Random random = TestTrees.random();
    for (int i = 0; i < 200; i++) {
      int length = new int[] {10, 3_000, 5_000, 8_100, 66 * 1024}[i % 5];
      tree.put(random.nextInt(3), (long) i * 37 % 200, TestTrees.value(i, length));
      assertEquals(bytesOfNodes(), version.bytes);
    }
    for (Item item = tree.ceiling(0, 0); item != null; item = tree.ceiling(0, 0)) {
      tree.remove(item.high(), item.offset());
      assertEquals(bytesOfNodes(), version.bytes);
    }
    assertEquals(0, tree.root());
    assertEquals(0, version.bytes);
  }

  @Test
  void put_ofATooLongValue_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> tree.put(1, 1, new byte[NodeFormat.VALUE_BYTES_MAX + 1]));
    assertEquals(0, tree.root());
  }

  @Test
  void put_twiceInOneVersion_changesInPlace() throws IOException {
    fill(1_000);
    reopen();
    Set<Long> before = records.allocated();
    for (int i = 0; i < 1_000; i++) {
      tree.put(5, i, TestTrees.value(-i, 50));
    }
    assertEquals(before, records.allocated());
  }

  @Test
  void put_afterSnapshot_copiesThePathAndNoMore() throws IOException {
    fill(60_000);
    reopen();
    Set<Long> before = idsOf(tree.root());
    long root = tree.root();
    snapshot();
    assertEquals(root, tree.root());
    tree.put(5, 7_777, new byte[1]);
    Set<Long> after = idsOf(tree.root());
    after.removeAll(before);
    assertEquals(3, after.size());
    assertEquals(3, version.deadlist.size());
    assertArrayEquals(TestTrees.value(7_777, 50), new TreeReader(nodes, root).get(5, 7_777));
  }

  private Set<Long> idsOf(long root) throws IOException {
    return TestTrees.nodesOf(nodes, root).stream()
        .map(TestTrees.Seen::id)
        .collect(Collectors.toSet());
  }

  @Test
  void newNodes_belowANodeInheritedFromADeletedVersion_areNoYounger() throws IOException {
    fill(2_000);
    snapshot();
    fill(100);
    snapshot();
    version.parent = 1; // version 2 is deleted, so that 3 owns what 2 had
    Random random = TestTrees.random();
    for (int i = 0; i < 3_000; i++) {
      tree.put(5, random.nextInt(4_000), TestTrees.value(i, 70));
      tree.remove(5, random.nextInt(2_000));
    }
    assertFalse(TestTrees.nodesOf(nodes, tree.root()).isEmpty());
  }

  @Test
  void put_whenANodeCannotBeRead_changesNothing() throws IOException {
    fill(20_000);
    reopen();
    snapshot();
    long leaf =
        TestTrees.nodesOf(nodes, tree.root()).stream()
            .filter(n -> n.level() == 0)
            .skip(5)
            .findFirst()
            .orElseThrow()
            .id();
    nodes = new NodeStore(records, 1 << 20, NodeLimits.ONE_UNIT);
    version.nodes = nodes;
    tree = new Tree(nodes, version, tree.root());
    byte[] bytes = records.records.remove(leaf);
    long root = tree.root();
    int failures = 0;
    for (int i = 0; i < 20_000; i++) {
      try {
        tree.get(5, i);
      } catch (CorruptStoreException e) {
        failures++;
        long offset = i;
        assertThrows(CorruptStoreException.class, () -> tree.put(5, offset, new byte[1]));
        assertThrows(CorruptStoreException.class, () -> tree.remove(5, offset));
      }
    }
    assertTrue(failures > 10 && failures < 300, failures + " items lost with a leaf");
    assertEquals(root, tree.root());
    assertEquals(0, nodes.dirtyBytes());
    records.records.put(leaf, bytes);
    assertEquals(bytesOfNodes(), version.bytes);
  }

  @Test
  void remove_besideADamagedNode_goesOn() throws IOException {
    fill(20_000);
    reopen();
    List<TestTrees.Seen> leaves =
        TestTrees.nodesOf(nodes, tree.root()).stream().filter(n -> n.level() == 0).toList();
    nodes = new NodeStore(records, 1 << 20, NodeLimits.ONE_UNIT);
    version.nodes = nodes;
    tree = new Tree(nodes, version, tree.root());
    records.records.remove(leaves.get(5).id());
    int removed = 0;
    int failed = 0;
    for (int i = 0; i < 20_000; i++) {
      try {
        removed += tree.remove(5, i) == null ? 0 : 1;
      } catch (CorruptStoreException e) {
        failed++;
      }
    }
    assertEquals(20_000, removed + failed);
    assertTrue(failed < 300, failed + " items lost with a leaf");
    List<Long> damaged = new ArrayList<>();
    TestTrees.nodesOf(nodes, tree.root(), 1, damaged);
    assertEquals(List.of(leaves.get(5).id()), damaged);
  }

  @Test
  void cursor_afterAChange_refusesToGoOn() throws IOException {
    fill(10);
    TreeCursor cursor = tree.cursor(0, 0);
    assertTrue(cursor.next());
    tree.put(5, 100, new byte[1]);
    assertThrows(IllegalStateException.class, cursor::next);
  }

  /** No lock keeps the reader of a snapshot from what comes to belong to the head. */
  @Test
  void lateReaderOfADeletedSnapshot_seesNoNodeChange() throws IOException {
    tree.put(5, 0, new byte[1]);
    snapshot();
    fill(100);
    TreeReader late = new TreeReader(nodes, tree.root());
    snapshot();
    TreeCursor cursor = late.cursor(0, 0);
    assertTrue(cursor.next());
    version.parent = 1; // version 2 is deleted, so that 3 owns what 2 had
    long root = tree.root();
    for (int i = 0; i < 100; i++) {
      tree.remove(5, i);
      tree.put(6, i, new byte[1]);
    }
    assertEquals(root, tree.root());
    for (int i = 0; i < 100; i++) {
      assertArrayEquals(TestTrees.value(i, 50), cursor.value());
      assertEquals(i < 99, cursor.next());
    }
  }

  @Test
  void cursor_atTheEnd_staysThere() throws IOException {
    fill(3);
    TreeCursor cursor = tree.cursor(5, 1);
    assertTrue(cursor.next());
    assertEquals(1, cursor.offset());
    assertTrue(cursor.next());
    assertArrayEquals(TestTrees.value(2, 50), cursor.value());
    assertFalse(cursor.next());
    assertFalse(cursor.next());
    assertThrows(IllegalStateException.class, cursor::value);
  }

  @Test
  void fill_ofAscendingDescendingAndRandomInserts_isHigh() throws IOException {
    assertFill(0.85, i -> i);
    assertFill(0.85, i -> -i);
    Random random = TestTrees.random();
    assertFill(0.62, i -> random.nextLong());
    assertFill(0.85, i -> Long.MAX_VALUE - i);
    // two runs, one before the other, as of two files that grow at the same time
    assertFill(0.85, i -> (long) (i % 2) << 40 | i);
  }

  private interface Offsets {
    long at(int i);
  }

  private void assertFill(double least, Offsets offsets) throws IOException {
    NodeStore store = new NodeStore(new MapRecords(), 1 << 20, NodeLimits.ONE_UNIT);
    Tree filled = new Tree(store, new TestVersion(store, 1), 0);
    for (int i = 0; i < 30_000; i++) {
      filled.put(5, offsets.at(i), new byte[40]);
    }
    double fill =
        TestTrees.nodesOf(store, filled.root()).stream()
                .filter(node -> node.level() == 0)
                .mapToInt(TestTrees.Seen::encodedBytes)
                .average()
                .orElseThrow()
            / NodeFormat.NODE_BYTES_MAX;
    assertTrue(fill >= least, "leaves are filled to " + fill);
  }
}
