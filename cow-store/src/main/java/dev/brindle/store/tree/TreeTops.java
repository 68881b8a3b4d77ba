package dev.brindle.store.tree;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.index.Index;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The nodes that no other node leads to: the roots of trees, also of those nobody knows. */
public final class TreeTops {
  private TreeTops() {}

  /**
   * Reads all records of the index.
   *
   * @param known roots that are left out
   * @return the id of each node, and its birth; those of no version (birth 0) are left out
   */
  public static Map<Long, Long> find(Index index, NodeStore nodes, BitSet known)
      throws IOException {
    List<Long> records = new ArrayList<>();
    index.forEachRecord(records::add);
    Map<Long, Long> tops = new TreeMap<>();
    BitSet below = new BitSet();
    for (long id : records) {
      try {
        TreeNode node = nodes.root(id);
        tops.put(id, node.born);
        if (node instanceof InteriorNode interior) {
          for (int i = 0; i < interior.count; i++) {
            below.set((int) interior.childIds[i]);
          }
        }
      } catch (CorruptStoreException e) {
        // No node, or none that can be read: nothing hangs on it.
      }
    }
    tops.keySet().removeIf(id -> below.get(id.intValue()) || known.get(id.intValue()));
    tops.values().removeIf(born -> born == 0);
    return tops;
  }

  /** When a root was born. */
  public static long birth(NodeStore nodes, long rootId) throws IOException {
    return nodes.root(rootId).born;
  }
}
