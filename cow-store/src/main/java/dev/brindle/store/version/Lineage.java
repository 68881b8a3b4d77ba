package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.tree.NodeDiff;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.tree.TreeDiff;
import dev.brindle.store.tree.TreeReader;
import dev.brindle.store.tree.TreeWalk;
import java.io.IOException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which version a tree descends from, by rule (2) of the package: what it refers to and
 * was born up to its parent, the parent refers to as well. The youngest version for which that
 * holds is the parent, or one whose tree had the same of it. A tree that shares nothing needs none.
 */
final class Lineage {
  private final NodeStore nodes;
  private final ExtentFinder extents;

  Lineage(NodeStore nodes, ExtentFinder extents) {
    this.nodes = nodes;
    this.extents = extents;
  }

  /**
   * The number of the version that the tree comes after; 0 for none.
   *
   * @param youngestFirst those that it may come after
   */
  long parentOf(long root, Iterable<VersionRow> youngestFirst) throws IOException {
    long oldest = oldestBirth(root);
    for (VersionRow version : youngestFirst) {
      boolean canHaveChildren =
          version.state() == VersionState.SNAPSHOT || version.state() == VersionState.NAMELESS;
      if (oldest <= version.id()
          && canHaveChildren
          && comesAfter(root, version.id(), version.root())) {
        return version.id();
      }
    }
    return 0;
  }

  /** The first birth of what a tree refers to. */
  private long oldestBirth(long root) throws IOException {
    long[] oldest = {Long.MAX_VALUE};
    TreeWalk.walk(
        nodes,
        root,
        Long.MAX_VALUE,
        new TreeWalk.Visitor() {
          @Override
          public boolean enter(long nodeId) {
            return true;
          }

          @Override
          public void node(long nodeId, long born, int level, int encodedBytes) {
            oldest[0] = Math.min(oldest[0], born);
          }

          @Override
          public void item(long high, long offset, byte[] value) throws IOException {
            ExtentFinder.Blocks found = extents.find(high, offset, value);
            oldest[0] = found == null ? oldest[0] : Math.min(oldest[0], found.born());
          }

          @Override
          public void damaged(long nodeId, CorruptStoreException cause) {}
        });
    return oldest[0];
  }

  /** Whether rule (2) holds of a tree and the version that has this number and this root. */
  boolean comesAfter(long root, long version, long versionRoot) throws IOException {
    try {
      return nodesFit(root, version, versionRoot) && extentsFit(root, version, versionRoot);
    } catch (CorruptStoreException e) {
      return false;
    }
  }

  private boolean nodesFit(long root, long version, long versionRoot) throws IOException {
    boolean[] fits = {true};
    NodeDiff.walk(
        nodes,
        versionRoot,
        root,
        new NodeDiff.Visitor() {
          @Override
          public void onlyFrom(long nodeId, long born, int encodedBytes) {}

          @Override
          public void onlyTo(long nodeId, long born, int encodedBytes) {
            fits[0] &= born > version;
          }
        });
    return fits[0];
  }

  private boolean extentsFit(long root, long version, long versionRoot) throws IOException {
    Blocks before = new Blocks();
    Blocks kept = new Blocks();
    TreeDiff.walk(
        new TreeReader(nodes, versionRoot),
        new TreeReader(nodes, root),
        (high, offset, from, to) -> {
          if (from != null) {
            before.add(extents.find(high, offset, from));
          }
          ExtentFinder.Blocks found = to == null ? null : extents.find(high, offset, to);
          if (found != null && found.born() <= version) {
            kept.add(found);
          }
        });
    return before.holds(kept);
  }

  /** Blocks of the log. */
  private static final class Blocks {
    private static final int PIECE = 1 << 14;
    private final Map<Long, BitSet> pieces = new HashMap<>();

    void add(ExtentFinder.@Nullable Blocks found) {
      if (found == null) {
        return;
      }
      for (long block = found.address(); block < found.address() + found.blocks(); block++) {
        pieces.computeIfAbsent(block / PIECE, n -> new BitSet()).set((int) (block % PIECE));
      }
    }

    boolean holds(Blocks others) {
      for (Map.Entry<Long, BitSet> piece : others.pieces.entrySet()) {
        BitSet missing = (BitSet) piece.getValue().clone();
        missing.andNot(pieces.getOrDefault(piece.getKey(), new BitSet()));
        if (!missing.isEmpty()) {
          return false;
        }
      }
      return true;
    }
  }
}
