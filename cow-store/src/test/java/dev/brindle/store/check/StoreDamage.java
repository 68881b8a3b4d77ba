package dev.brindle.store.check;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Store;
import dev.brindle.store.StoreId;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.index.Index;
import dev.brindle.store.tree.TreeWalk;
import dev.brindle.store.version.Version;
import dev.brindle.store.version.VersionAudit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongPredicate;

/** Damages records of the index in such a way that no copy of a page mends them. */
public final class StoreDamage {
  private StoreDamage() {}

  /** Flips a bit in the middle of each of these records. */
  public static void records(FaultyDisk disk, Collection<Long> records) throws IOException {
    StoreId id;
    try (Store store = Store.openAtRest(disk, StoreOptions.defaults())) {
      id = store.parts().superblock().store();
    }
    try (Index index = Index.open(disk, id, 0)) {
      for (long record : records) {
        byte[] bytes = index.get(record);
        bytes[bytes.length / 2] ^= 4;
        index.put(record, bytes);
      }
      index.freeze();
      index.write();
    }
  }

  /** The leaves of a version's tree all of whose items are of this kind. */
  public static List<Long> leaves(Store store, Version version, LongPredicate highs)
      throws IOException {
    Leaves leaves = new Leaves(highs);
    TreeWalk.walk(store.parts().nodes(), version.root(), version.id(), leaves);
    leaves.end();
    return leaves.found;
  }

  /** The nodes of the tree of deadlists. */
  public static List<Long> deadlistNodes(Store store) throws IOException {
    try (VersionAudit audit = store.parts().versions().audit()) {
      Leaves nodes = new Leaves(high -> true);
      TreeWalk.walk(store.parts().nodes(), audit.spaceRoot(), 0, nodes);
      nodes.end();
      return nodes.found;
    }
  }

  private static final class Leaves implements TreeWalk.Visitor {
    private final LongPredicate highs;
    private final List<Long> found = new ArrayList<>();
    private long leaf;

    Leaves(LongPredicate highs) {
      this.highs = highs;
    }

    @Override
    public boolean enter(long nodeId) {
      return true;
    }

    @Override
    public void node(long nodeId, long born, int level, int encodedBytes) {
      end();
      leaf = level == 0 ? nodeId : 0;
    }

    @Override
    public void item(long high, long offset, byte[] value) {
      if (!highs.test(high)) {
        leaf = 0;
      }
    }

    void end() {
      if (leaf != 0) {
        found.add(leaf);
      }
      leaf = 0;
    }

    @Override
    public void damaged(long nodeId, CorruptStoreException cause) throws CorruptStoreException {
      throw cause;
    }
  }
}
