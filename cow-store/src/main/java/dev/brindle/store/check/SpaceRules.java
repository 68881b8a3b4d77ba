package dev.brindle.store.check;

import dev.brindle.store.check.BlockRuns.Run;
import dev.brindle.store.index.Index;
import dev.brindle.store.tree.NodeDiff;
import dev.brindle.store.version.Version;
import dev.brindle.store.version.VersionAudit;
import dev.brindle.store.volume.Extent;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Ownership and deadlists of one version against the one before it: what the version has alone was
 * born after that one and belongs to nobody else; what that one has alone is, with its birth and
 * size, what the deadlist says.
 */
final class SpaceRules implements NodeDiff.Visitor, VersionAudit.DeadVisitor {
  private record DeadNode(long born, long bytes) {}

  private final String place;
  private final Version version;
  private final @Nullable Version base;
  private final FreshNodes freshNodes;
  private final BlockOwners owners;
  private final Problems problems;
  private final Map<Long, DeadNode> goneNodes = new HashMap<>();
  private final BlockRuns before = new BlockRuns();
  private final BlockRuns kept = new BlockRuns();
  private final BlockRuns listed = new BlockRuns();
  private long referBytes;
  private long listedBytes;

  /**
   * @param base the version before it; null for none
   * @param freshNodes those that no version walked earlier has
   */
  SpaceRules(
      String place,
      Version version,
      @Nullable Version base,
      FreshNodes freshNodes,
      BlockOwners owners,
      Problems problems) {
    this.place = place;
    this.version = version;
    this.base = base;
    this.freshNodes = freshNodes;
    this.owners = owners;
    this.problems = problems;
    this.referBytes = base == null ? 0 : base.referBytes();
  }

  private long baseId() {
    return base == null ? 0 : base.id();
  }

  // ---- Nodes

  @Override
  public void onlyFrom(long nodeId, long born, int encodedBytes) {
    long bytes = Index.storedBytes(encodedBytes);
    goneNodes.put(nodeId, new DeadNode(born, bytes));
    referBytes -= bytes;
  }

  @Override
  public void onlyTo(long nodeId, long born, int encodedBytes) {
    referBytes += Index.storedBytes(encodedBytes);
    if (born <= baseId() || born > version.id()) {
      problems.add(
          place,
          "node %d was born in version %d, and is new after version %d"
              .formatted(nodeId, born, baseId()));
    } else if (!freshNodes.contains(nodeId)) {
      problems.add(place, "node " + nodeId + " belongs to another version too");
    }
  }

  // ---- Extents

  /** An extent that the version before has and this one has not, or has otherwise. */
  void extentBefore(Extent extent) {
    if (!extent.unwritten()) {
      before.add(extent.address(), extent.blocks(), extent.born(), 1);
    }
  }

  /** An extent that this version has and the one before has not, or has otherwise. */
  void extentAfter(Extent extent) {
    if (extent.unwritten()) {
      return;
    }
    if (extent.born() > version.id()) {
      problems.add(place, extent + " is from a later version than " + version.id());
    }
    if (extent.born() > baseId()) {
      owners.claim(place, extent.address(), extent.blocks(), 1);
      referBytes += (long) extent.blocks() * Extent.BLOCK_BYTES;
    } else {
      kept.add(extent.address(), extent.blocks(), extent.born(), 1);
    }
  }

  // ---- The deadlist

  @Override
  public void blocks(long born, long address, long blocks, long count) {
    listedBytes += blocks * count * Extent.BLOCK_BYTES;
    if (born <= baseId()) {
      listed.add(address, blocks, born, count);
    } else {
      owners.claim(place, address, blocks, count);
    }
  }

  @Override
  public void node(long born, long nodeId, long bytes) {
    listedBytes += bytes;
    if (born > baseId()) {
      if (!freshNodes.add(nodeId)) {
        problems.add(place, "the deadlist has node " + nodeId + ", which a tree has too");
      }
      return;
    }
    DeadNode gone = goneNodes.remove(nodeId);
    if (gone == null) {
      problems.add(
          place,
          "the deadlist has node "
              + nodeId
              + ", which version "
              + baseId()
              + " has not, or this one has too");
    } else if (gone.born != born || gone.bytes != bytes) {
      problems.add(
          place,
          "the deadlist has node %d with %d bytes, born in version %d; it has %d, born in %d"
              .formatted(nodeId, bytes, born, gone.bytes, gone.born));
    }
  }

  /** The bytes of the deadlists that were shown since the last call. */
  long takeListedBytes() {
    long bytes = listedBytes;
    listedBytes = 0;
    return bytes;
  }

  // ---- The end

  void finish() {
    goneNodes.forEach(
        (nodeId, gone) ->
            problems.add(
                place,
                "node %d, born in version %d, was given up and is not on the deadlist"
                    .formatted(nodeId, gone.born)));
    report(kept.minus(before).runs(), "are older than this version, and new in it");
    BlockRuns gone = before.minus(kept);
    report(gone.minus(listed).runs(), "were given up and are not on the deadlist");
    report(listed.minus(gone).runs(), "are on the deadlist and were not given up");
    referBytes -= gone.references() * Extent.BLOCK_BYTES;
    if (referBytes != version.referBytes()) {
      problems.add(
          place, "refers to %d bytes, and counts %d".formatted(referBytes, version.referBytes()));
    }
  }

  private void report(Iterable<Run> runs, String how) {
    for (Run run : runs) {
      problems.add(place, run + ", " + how);
    }
  }
}
