package dev.brindle.store.check;

import dev.brindle.store.check.BlockRuns.Run;
import dev.brindle.store.index.Index;
import dev.brindle.store.tree.NodeDiff;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.tree.TreeDiff;
import dev.brindle.store.tree.TreeReader;
import dev.brindle.store.version.Version;
import dev.brindle.store.version.VersionRepair;
import dev.brindle.store.volume.Extent;
import dev.brindle.store.volume.ItemType;
import java.io.IOException;
import java.util.BitSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes anew, from the trees alone, what is derived from them: each version's deadlist and what it
 * refers to, which blocks of the log are live, and which of them are shared. Versions come with
 * parents before children.
 */
final class SpaceRecount {
  private final VersionRepair versions;
  private final NodeStore nodes;
  private final int segmentBlocks;
  private final BlockOwners owners;

  SpaceRecount(VersionRepair versions, NodeStore nodes, int segmentBlocks, Problems problems) {
    this.versions = versions;
    this.nodes = nodes;
    this.segmentBlocks = segmentBlocks;
    this.owners = new BlockOwners(segmentBlocks, problems);
  }

  /** For each segment, the blocks that some version refers to. */
  Map<Long, BitSet> live() {
    return owners.claimed();
  }

  /** Whether a block is referred to more than once. */
  boolean hasShares() {
    return !owners.again().isEmpty();
  }

  /** Enters what is referred to more than once, after all versions are counted. */
  void countShares() throws IOException {
    for (Run run : owners.again()) {
      bySegment(run, (address, blocks) -> versions.share(address, blocks, run.count()));
    }
  }

  void count(Version version) throws IOException {
    Version parent = versions.parent(version);
    Sums sums = new Sums(version, parent);
    long parentRoot = parent == null ? 0 : parent.root();
    NodeDiff.walk(nodes, parentRoot, version.root(), sums);
    TreeDiff.walk(
        new TreeReader(nodes, parentRoot), new TreeReader(nodes, version.root()), sums::item);
    sums.finish();
  }

  private interface Part {
    void take(long address, long blocks) throws IOException;
  }

  private void bySegment(Run run, Part part) throws IOException {
    for (long at = run.address(); at < run.end(); ) {
      long end = Math.min(run.end(), (at / segmentBlocks + 1) * segmentBlocks);
      part.take(at, end - at);
      at = end;
    }
  }

  /** What differs between a version and its parent. */
  private final class Sums implements NodeDiff.Visitor {
    private final Version version;
    private final long parentId;
    private final BlockRuns before = new BlockRuns();
    private final BlockRuns kept = new BlockRuns();
    private long referBytes;

    Sums(Version version, @Nullable Version parent) {
      this.version = version;
      this.parentId = parent == null ? 0 : parent.id();
      this.referBytes = parent == null ? 0 : parent.referBytes();
    }

    @Override
    public void onlyFrom(long nodeId, long born, int encodedBytes) throws IOException {
      long bytes = Index.storedBytes(encodedBytes);
      referBytes -= bytes;
      versions.buryNode(version, born, nodeId, bytes);
    }

    @Override
    public void onlyTo(long nodeId, long born, int encodedBytes) {
      referBytes += Index.storedBytes(encodedBytes);
    }

    void item(long high, long offset, byte @Nullable [] from, byte @Nullable [] to)
        throws IOException {
      if (ItemType.typeOf(high) != ItemType.EXTENT) {
        return;
      }
      Extent was = from == null ? null : Extent.decode(from);
      if (was != null && !was.unwritten()) {
        before.add(was.address(), was.blocks(), was.born(), 1);
      }
      Extent is = to == null ? null : Extent.decode(to);
      if (is != null && !is.unwritten()) {
        if (is.born() > parentId) {
          claim(is);
        } else {
          kept.add(is.address(), is.blocks(), is.born(), 1);
        }
      }
    }

    private void claim(Extent extent) {
      owners.claim(version.toString(), extent.address(), extent.blocks(), 1);
      referBytes += (long) extent.blocks() * Extent.BLOCK_BYTES;
    }

    void finish() throws IOException {
      // the parent should have these: it is damaged in a way that a repair did not undo
      for (Run run : kept.minus(before).runs()) {
        bySegment(run, owners::keep);
      }
      BlockRuns gone = before.minus(kept);
      for (Run run : gone.runs()) {
        bySegment(
            run,
            (address, blocks) ->
                versions.buryBlocks(version, run.born(), address, blocks, run.count()));
      }
      referBytes -= gone.references() * Extent.BLOCK_BYTES;
      versions.setTree(
          version, version.root(), version.nextInode(), version.inodeCount(), referBytes);
    }
  }
}
