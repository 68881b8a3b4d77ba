package dev.brindle.store.tree;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What the tests of trees have in common. */
final class TestTrees {
  private TestTrees() {}

  static Random random() {
    long seed = Long.getLong("brindle.seed", System.nanoTime());
    System.out.println("-Dbrindle.seed=" + seed);
    return new Random(seed);
  }

  static byte[] value(long number, int length) {
    byte[] value = new byte[length];
    new Random(number).nextBytes(value);
    return value;
  }

  static void checkpoint(NodeStore nodes) throws IOException {
    FrozenNodes frozen = nodes.freeze();
    frozen.write();
    frozen.settle();
  }

  record Seen(long id, long born, int level, int encodedBytes) {}

  /** All nodes of a tree, which must be sound. */
  static List<Seen> nodesOf(NodeStore nodes, long rootId) throws IOException {
    return nodesOf(nodes, rootId, Long.MAX_VALUE, new ArrayList<>());
  }

  /** All sound nodes of a tree; the ids of damaged ones go to a list. */
  static List<Seen> nodesOf(NodeStore nodes, long rootId, long version, List<Long> damaged)
      throws IOException {
    List<Seen> seen = new ArrayList<>();
    int before = damaged.size();
    TreeWalk.walk(
        nodes,
        rootId,
        version,
        new TreeWalk.Visitor() {
          @Override
          public boolean enter(long nodeId) {
            return true;
          }

          @Override
          public void node(long nodeId, long born, int level, int encodedBytes) {
            seen.add(new Seen(nodeId, born, level, encodedBytes));
          }

          @Override
          public void item(long high, long offset, byte[] value) {}

          @Override
          public void damaged(long nodeId, CorruptStoreException cause) {
            if (version == Long.MAX_VALUE) {
              throw new AssertionError(cause);
            }
            damaged.add(nodeId);
          }
        });
    if (version == Long.MAX_VALUE && damaged.size() != before) {
      throw new AssertionError(damaged);
    }
    return seen;
  }
}
