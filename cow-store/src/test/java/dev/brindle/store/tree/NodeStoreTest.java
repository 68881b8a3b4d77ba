package dev.brindle.store.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeStoreTest {
  private static final long CACHE_BYTES = 200_000;

  private final MapRecords records = new MapRecords();
  private final NodeStore nodes = new NodeStore(records, CACHE_BYTES, NodeLimits.ONE_UNIT);
  private final TestVersion version = new TestVersion(nodes, 1);
  private final Tree tree = new Tree(nodes, version, 0);

  private TreeReader reopened(long root) {
    return new TreeReader(new NodeStore(records, CACHE_BYTES, NodeLimits.ONE_UNIT), root);
  }

  @Test
  void write_afterLaterChanges_hasTheFrozenState() throws IOException {
    for (int i = 0; i < 1_000; i++) {
      tree.put(1, i, new byte[] {1});
    }
    long root = tree.root();
    FrozenNodes frozen = nodes.freeze();
    for (int i = 0; i < 1_000; i++) {
      assertArrayEquals(new byte[] {1}, tree.put(1, i, new byte[] {2}));
      tree.put(2, i, new byte[50]);
    }
    frozen.write();
    TreeReader read = reopened(root);
    for (int i = 0; i < 1_000; i++) {
      assertArrayEquals(new byte[] {1}, read.get(1, i));
      assertNull(read.get(2, i));
      assertArrayEquals(new byte[] {2}, tree.get(1, i));
    }
    frozen.settle();
    for (int i = 0; i < 1_000; i++) {
      assertArrayEquals(new byte[] {2}, tree.get(1, i));
    }
    TestTrees.checkpoint(nodes);
    assertArrayEquals(new byte[] {2}, reopened(tree.root()).get(1, 999));
  }

  @Test
  void freeze_beforeTheLastIsSettled_isRefused() throws IOException {
    FrozenNodes frozen = nodes.freeze();
    assertThrows(IllegalStateException.class, nodes::freeze);
    frozen.write();
    frozen.settle();
    assertThrows(IllegalStateException.class, frozen::settle);
    nodes.freeze();
  }

  @Test
  void settle_beforeAllIsWritten_isRefused() throws IOException {
    tree.put(1, 1, new byte[1]);
    assertThrows(IllegalStateException.class, nodes.freeze()::settle);
  }

  @Test
  void free_ofWhatWasFreed_isRefused() {
    nodes.free(5);
    assertThrows(IllegalStateException.class, () -> nodes.free(5));
  }

  @Test
  void freedNode_keepsItsRecord_untilTheNextCheckpoint() throws IOException {
    tree.put(1, 1, new byte[1]);
    TestTrees.checkpoint(nodes);
    assertEquals(0, nodes.dirtyBytes());
    tree.remove(1, 1);
    assertTrue(nodes.dirtyBytes() > 0, "there is a record to be deleted");
    assertEquals(0, tree.root());
    assertEquals(1, records.records.size());
    FrozenNodes frozen = nodes.freeze();
    assertEquals(1, records.records.size());
    frozen.write();
    assertEquals(0, records.records.size());
    assertEquals(Set.of(), records.allocated());
  }

  @Test
  void freedNode_thatNeverHadARecord_givesItsIdBack() throws IOException {
    tree.put(1, 1, new byte[1]);
    tree.remove(1, 1);
    assertTrue(nodes.dirtyBytes() > 0, "there is an id to be given back");
    TestTrees.checkpoint(nodes);
    assertEquals(Set.of(), records.allocated());
  }

  @Test
  void freedNode_thatIsBeingWritten_isDeletedByTheNextCheckpoint() throws IOException {
    tree.put(1, 1, new byte[1]);
    FrozenNodes frozen = nodes.freeze();
    tree.remove(1, 1);
    frozen.write();
    assertEquals(1, records.records.size());
    frozen.settle();
    assertEquals(0, nodes.cachedBytes());
    TestTrees.checkpoint(nodes);
    assertEquals(Set.of(), records.allocated());
  }

  @Test
  void write_thatFails_goesOnWhereItWas() throws IOException {
    FailingRecords failing = new FailingRecords();
    NodeStore store = new NodeStore(failing, CACHE_BYTES, NodeLimits.ONE_UNIT);
    Tree changed = new Tree(store, new TestVersion(store, 1), 0);
    for (int i = 0; i < 20_000; i++) {
      changed.put(1, i, new byte[30]);
    }
    TestTrees.checkpoint(store);
    for (int i = 0; i < 20_000; i += 2) {
      changed.remove(1, i);
      if (i % 1_000 > 500) {
        changed.remove(1, i + 1);
      }
    }
    Set<Long> live = new HashSet<>();
    TestTrees.nodesOf(store, changed.root()).forEach(node -> live.add(node.id()));
    failing.isFailing = true;
    FrozenNodes frozen = store.freeze();
    int failures = 0;
    for (boolean isDone = false; !isDone; ) {
      try {
        frozen.write();
        isDone = true;
      } catch (IOException e) {
        failures++;
      }
    }
    assertTrue(failures > 50);
    frozen.settle();
    assertEquals(live, failing.inner.records.keySet());
    assertEquals(live, failing.deletedAndPut());
  }

  @Test
  void cache_isBoundedInBytes() throws IOException {
    for (int i = 0; i < 50_000; i++) {
      tree.put(1, i, new byte[30]);
      if (i % 5_000 == 0) {
        TestTrees.checkpoint(nodes);
      }
    }
    TestTrees.checkpoint(nodes);
    assertEquals(0, nodes.dirtyBytes());
    for (int i = 0; i < 50_000; i++) {
      assertEquals(30, tree.get(1, i).length);
    }
    assertTrue(nodes.cachedBytes() <= CACHE_BYTES, nodes.cachedBytes() + " bytes");
    assertTrue(nodes.cachedBytes() > CACHE_BYTES / 2, nodes.cachedBytes() + " bytes");
  }

  @Test
  void dirtyBytes_followTheHeapThatNodesTake() throws IOException {
    for (int i = 0; i < 10_000; i++) {
      tree.put(1, i, new byte[100]);
    }
    assertTrue(nodes.dirtyBytes() > 10_000 * 140, nodes.dirtyBytes() + " bytes");
    assertTrue(nodes.dirtyBytes() < 10_000 * 180, nodes.dirtyBytes() + " bytes");
    long before = nodes.dirtyBytes();
    tree.put(1, 77, new byte[12]);
    assertEquals(before - 88, nodes.dirtyBytes());
    FrozenNodes frozen = nodes.freeze();
    assertEquals(0, nodes.dirtyBytes());
    tree.put(1, 77, new byte[100]);
    assertTrue(nodes.dirtyBytes() > 8_000 && nodes.dirtyBytes() < 20_000);
    frozen.write();
    frozen.settle();
  }

  /** Fails at every second change, and then takes the same change. */
  private static final class FailingRecords implements NodeRecords {
    final MapRecords inner = new MapRecords();
    boolean isFailing;
    private boolean isNext;

    private void mayFail() throws IOException {
      isNext = isFailing && !isNext;
      if (isNext) {
        throw new IOException("failed on purpose");
      }
    }

    Set<Long> deletedAndPut() {
      return inner.allocated();
    }

    @Override
    public long allocate() {
      return inner.allocate();
    }

    @Override
    public byte[] get(long id) throws IOException {
      return inner.get(id);
    }

    @Override
    public void put(long id, byte[] bytes) throws IOException {
      mayFail();
      inner.put(id, bytes);
    }

    @Override
    public void delete(long id) throws IOException {
      mayFail();
      inner.delete(id);
    }
  }
}
