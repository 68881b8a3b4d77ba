package dev.brindle.store.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every rule of a tree's structure, broken in a node whose checksum is right. */
class TreeWalkTest {
  private final MapRecords records = new MapRecords();
  private final NodeStore nodes = new NodeStore(records, 1 << 20, NodeLimits.ONE_UNIT);
  private final long root = records.allocate();
  private final long left = records.allocate();
  private final long right = records.allocate();

  private LeafNode leaf(long id, long born, long... offsets) {
    LeafNode leaf = new LeafNode(NodeIdentity.ofRecord(id, born, 0), 0);
    for (int i = 0; i < offsets.length; i++) {
      leaf.insert(i, 5, offsets[i], new byte[1]);
    }
    return leaf;
  }

  private InteriorNode root(long born, int level, long leftBorn, long rightBorn, long separator) {
    InteriorNode interior = new InteriorNode(NodeIdentity.ofRecord(root, born, level), 0);
    interior.insert(0, 0, 0, left, leftBorn);
    interior.insert(1, 5, separator, right, rightBorn);
    return interior;
  }

  private void put(TreeNode node) {
    records.put(node.id, NodeCodec.encode(node));
  }

  private List<Long> damaged() throws IOException {
    List<Long> damaged = new ArrayList<>();
    TestTrees.nodesOf(nodes, root, 7, damaged);
    return damaged;
  }

  @Test
  void soundTree_isNotReported() throws IOException {
    put(root(7, 1, 7, 3, 100));
    put(leaf(left, 7, 1, 99));
    put(leaf(right, 3, 100, 200));
    assertEquals(List.of(), damaged());
  }

  @Test
  void keysBeforeTheSeparator_areReported() throws IOException {
    put(root(7, 1, 7, 3, 100));
    put(leaf(left, 7, 1, 99));
    put(leaf(right, 3, 99, 200));
    assertEquals(List.of(right), damaged());
  }

  @Test
  void keysBehindTheNextSeparator_areReported() throws IOException {
    put(root(7, 1, 7, 3, 100));
    put(leaf(left, 7, 1, 100));
    put(leaf(right, 3, 100, 200));
    assertEquals(List.of(left), damaged());
  }

  @Test
  void childOfAnotherBorn_isReportedAndNotRead() throws IOException {
    put(root(7, 1, 7, 3, 100));
    put(leaf(left, 6, 1, 2));
    put(leaf(right, 3, 100, 200));
    assertEquals(List.of(left), damaged());
    assertTrue(get(1) instanceof CorruptStoreException);
    assertEquals(null, get(100));
  }

  @Test
  void childOfAnotherLevel_isReportedAndNotRead() throws IOException {
    put(root(7, 2, 7, 3, 100));
    put(leaf(left, 7, 1, 2));
    put(leaf(right, 3, 100, 200));
    assertEquals(List.of(left, right), damaged());
    assertTrue(get(1) instanceof CorruptStoreException);
  }

  @Test
  void childYoungerThanItsParent_isReported() throws IOException {
    put(root(2, 1, 2, 3, 100));
    put(leaf(left, 2, 1, 2));
    put(leaf(right, 3, 100, 200));
    assertEquals(List.of(root), damaged());
  }

  @Test
  void rootYoungerThanItsVersion_isReported() throws IOException {
    put(root(8, 1, 7, 3, 100));
    assertEquals(List.of(root), damaged());
  }

  @Test
  void missingNode_isReported() throws IOException {
    put(root(7, 1, 7, 3, 100));
    put(leaf(right, 3, 100, 200));
    assertEquals(List.of(left), damaged());
    assertTrue(get(1) instanceof CorruptStoreException);
  }

  @Test
  void nodesAnotherWalkHasSeen_arePassedBy() throws IOException {
    put(root(7, 1, 7, 3, 100));
    put(leaf(left, 7, 1, 99));
    Set<Long> seen = new HashSet<>(Set.of(right));
    List<Long> visited = new ArrayList<>();
    TreeWalk.walk(
        nodes,
        root,
        7,
        new TreeWalk.Visitor() {
          @Override
          public boolean enter(long nodeId) {
            return seen.add(nodeId);
          }

          @Override
          public void node(long nodeId, long born, int level, int encodedBytes) {
            visited.add(nodeId);
            assertEquals(records.records.get(nodeId).length, encodedBytes);
          }

          @Override
          public void item(long high, long offset, byte[] value) {}

          @Override
          public void damaged(long nodeId, CorruptStoreException cause) {
            throw new AssertionError(cause);
          }
        });
    assertEquals(List.of(root, left), visited);
  }

  private Exception get(long offset) {
    try {
      new TreeReader(nodes, root).get(5, offset);
      return null;
    } catch (IOException e) {
      return e;
    }
  }
}
