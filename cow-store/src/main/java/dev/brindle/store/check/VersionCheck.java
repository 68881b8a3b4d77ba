package dev.brindle.store.check;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.tree.NodeDiff;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.tree.OwnedWalk;
import dev.brindle.store.tree.TreeDiff;
import dev.brindle.store.tree.TreeReader;
import dev.brindle.store.tree.TreeWalk;
import dev.brindle.store.version.Version;
import dev.brindle.store.version.VersionAudit;
import dev.brindle.store.version.VersionAudit.Form;
import dev.brindle.store.volume.Extent;
import dev.brindle.store.volume.ItemType;
import dev.brindle.store.volume.NameHash;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Verifies one version, given that the one before it is sound: the cost follows what differs. A
 * version without one before it is compared with the empty tree.
 */
final class VersionCheck {
  private final VersionAudit audit;
  private final Version version;
  private final NodeStore nodes;
  private final NameHash hash;
  private final NodeOwners nodeOwners;
  private final BlockOwners blockOwners;
  private final Totals totals;
  private final Problems problems;
  private final String place;

  VersionCheck(
      VersionAudit audit,
      Version version,
      NodeStore nodes,
      NameHash hash,
      NodeOwners nodeOwners,
      BlockOwners blockOwners,
      Totals totals,
      Problems problems) {
    this.audit = audit;
    this.version = version;
    this.nodes = nodes;
    this.hash = hash;
    this.nodeOwners = nodeOwners;
    this.blockOwners = blockOwners;
    this.totals = totals;
    this.problems = problems;
    this.place = audit.describe(version);
  }

  void run() throws IOException {
    switch (audit.form(version)) {
      case WHOLE -> checkWhole();
      case REMNANT -> checkRemnant();
      case HOLLOW -> {}
    }
  }

  private void checkWhole() throws IOException {
    FreshNodes fresh = new FreshNodes(place, nodeOwners, problems);
    TreeWalk.walk(nodes, version.root(), version.id(), fresh);
    if (!fresh.isSound()) {
      return;
    }
    try {
      compareWithBase(fresh);
    } catch (CorruptStoreException e) {
      nodeOwners.markIncomplete();
      problems.add(place, "cannot be compared with the version before: " + e.getMessage());
    }
  }

  /** The version before it of which there is all, and what lies between. */
  private void compareWithBase(FreshNodes fresh) throws IOException {
    Version parent = audit.parent(version);
    boolean isHollow = parent != null && audit.form(parent) == Form.HOLLOW;
    Version base = parent != null && isHollow ? audit.parent(parent) : parent;
    SpaceRules space = new SpaceRules(place, version, base, fresh, blockOwners, problems);
    NodeDiff.walk(nodes, root(base), version.root(), space);
    TreeReader tree = new TreeReader(nodes, version.root());
    TreeRules rules = new TreeRules(place, version, base, tree, hash, space, totals, problems);
    TreeDiff.walk(new TreeReader(nodes, root(base)), tree, rules);
    rules.finish();
    showDeadlist(version, space);
    if (isHollow && parent != null) {
      showDeadlist(parent, space);
    }
    space.finish();
  }

  private static long root(@Nullable Version version) {
    return version == null ? 0 : version.root();
  }

  private void showDeadlist(Version owner, SpaceRules space) throws IOException {
    audit.deadlist(owner, space);
    long bytes = space.takeListedBytes();
    if (bytes != audit.deadBytes(owner)) {
      problems.add(
          place,
          "the deadlist of %s has %d bytes, and counts %d"
              .formatted(owner, bytes, audit.deadBytes(owner)));
    }
  }

  /** What is left of a leaf that is being freed is still referred to. */
  private void checkRemnant() throws IOException {
    audit.remnant(
        version,
        nodes,
        new OwnedWalk.Visitor() {
          @Override
          public void item(long high, long offset, byte[] value) {
            claim(high, value);
          }

          @Override
          public void node(long nodeId, int bytes, long born) {
            if (!nodeOwners.add(nodeId)) {
              problems.add(place, "node " + nodeId + " belongs to another version too");
            }
          }

          @Override
          public void damaged(long nodeId, CorruptStoreException cause) {
            nodeOwners.markIncomplete();
            problems.add(place, String.valueOf(cause.getMessage()));
          }
        });
  }

  private void claim(long high, byte[] value) {
    try {
      if (ItemType.typeOf(high) == ItemType.EXTENT) {
        Extent extent = Extent.decode(value);
        if (!extent.unwritten() && extent.born() > version.parentId()) {
          blockOwners.claim(place, extent.address(), extent.blocks(), 1);
        }
      }
    } catch (CorruptStoreException e) {
      problems.add(place, String.valueOf(e.getMessage()));
    }
  }
}
