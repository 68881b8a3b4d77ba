package dev.brindle.store.check;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Store;
import dev.brindle.store.tree.TreeWalk;
import dev.brindle.store.version.Version;
import dev.brindle.store.volume.ItemType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the trees of a store hold, as far as it can be read. */
final class TreeItems implements TreeWalk.Visitor {
  private final TreeSet<Long> nodes = new TreeSet<>();
  private final Map<Long, Integer> items = new TreeMap<>();

  /** Counts the items of each inode, by version. */
  static void countAll(Store store, Map<Long, Map<Long, Integer>> counts) throws IOException {
    for (Version version : store.parts().versions().versions()) {
      counts.put(version.id(), walk(store, version).items);
    }
  }

  /** The ids of the nodes of all versions' trees. */
  static List<Long> nodes(Store store) throws IOException {
    TreeSet<Long> all = new TreeSet<>();
    for (Version version : store.parts().versions().versions()) {
      all.addAll(walk(store, version).nodes);
    }
    return new ArrayList<>(all);
  }

  private static TreeItems walk(Store store, Version version) throws IOException {
    TreeItems items = new TreeItems();
    TreeWalk.walk(store.parts().nodes(), version.root(), version.id(), items);
    return items;
  }

  /** The inodes that have as many items after as before. */
  static Map<Long, List<Long>> unchanged(
      Map<Long, Map<Long, Integer>> before, Map<Long, Map<Long, Integer>> after) {
    Map<Long, List<Long>> unchanged = new TreeMap<>();
    before.forEach(
        (version, inodes) -> {
          List<Long> same = new ArrayList<>();
          inodes.forEach(
              (inode, count) -> {
                if (count.equals(after.get(version).get(inode))) {
                  same.add(inode);
                }
              });
          unchanged.put(version, same);
        });
    return unchanged;
  }

  @Override
  public boolean enter(long nodeId) {
    return nodes.add(nodeId);
  }

  @Override
  public void node(long nodeId, long born, int level, int encodedBytes) {}

  @Override
  public void item(long high, long offset, byte[] value) {
    items.merge(ItemType.inodeOf(high), 1, Integer::sum);
  }

  @Override
  public void damaged(long nodeId, CorruptStoreException cause) {}
}
