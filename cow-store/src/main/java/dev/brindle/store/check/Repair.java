package dev.brindle.store.check;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Store;
import dev.brindle.store.tree.Ownership;
import dev.brindle.store.tree.Tree;
import dev.brindle.store.tree.TreeSurgery;
import dev.brindle.store.tree.TreeSurgery.Loss;
import dev.brindle.store.version.Version;
import dev.brindle.store.version.VersionAudit;
import dev.brindle.store.version.VersionRepair;
import dev.brindle.store.volume.ItemType;
import dev.brindle.store.volume.NameHash;
import dev.brindle.store.volume.OpenStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Brings a damaged store back to one that obeys every rule, with all of it that is sound. The
 * package's description says how. It works in memory, and one checkpoint at the end makes all of it
 * durable: a crash before that leaves the store as it was.
 */
public final class Repair {
  private final OpenStore store;
  private final VersionRepair versions;
  private final TreeSurgery surgery;
  private final NameHash hash;
  private final List<String> deeds = new ArrayList<>();

  /** The versions whose trees are gone through item by item. */
  private final Set<Long> suspects = new HashSet<>();

  private long nextInode = 1;

  private Repair(OpenStore store) {
    this.store = store;
    this.versions = store.versions().repair();
    this.surgery = new TreeSurgery(store.nodes());
    this.hash = new NameHash(store.superblock().hashKey0(), store.superblock().hashKey1());
  }

  /**
   * Repairs a store that is at rest; of no use afterwards but to be closed.
   *
   * @throws CorruptStoreException it cannot be repaired; nothing has changed when it is closed
   */
  public static RepairReport run(Store store) throws IOException {
    if (!store.isAtRest()) {
      throw new IllegalStateException("a store is repaired at rest");
    }
    return run(store.parts());
  }

  /** Whether all that was found is what the log has lost. */
  private static boolean isBeyondRepair(OpenStore store, CheckReport found) {
    return store.log().verify().containsAll(found.problems());
  }

  private static RepairReport run(OpenStore store) throws IOException {
    List<String> salvaged = store.salvaged();
    List<String> unrepeated = store.unrepeated();
    // Until the rest is repaired, what was made anew in memory must not become durable, nor what
    // could not be repeated void.
    boolean isAsOnDisk = salvaged.isEmpty() && unrepeated.isEmpty();
    CheckReport found = isAsOnDisk ? Check.run(store) : Check.runInMemory(store);
    store.index().refuseUnreadable();
    if (isAsOnDisk && (found.isSound() || isBeyondRepair(store, found))) {
      return new RepairReport(store.mended(), found.problems());
    }
    Repair repair = new Repair(store);
    repair.deeds.addAll(store.mended());
    repair.deeds.addAll(salvaged);
    unrepeated.forEach(
        why -> repair.deeds.add("a change behind the last checkpoint could not be made: " + why));
    return repair.run(salvaged.isEmpty() ? found.problems().size() + unrepeated.size() : 1);
  }

  /**
   * @param problemsMax as many as may not be left, lest the repair be dropped
   */
  private RepairReport run(int problemsMax) throws IOException {
    try (VersionAudit audit = store.versions().audit()) {
      findSuspects(audit);
      finishDeletions();
      cutDamage(audit);
      repairTrees(audit);
    }
    recountSpace();
    List<String> left = Check.runInMemory(store).problems();
    if (left.size() >= problemsMax) {
      throw new CorruptStoreException(
          "index.db",
          -1,
          "it cannot be repaired, and nothing was changed; a repair would leave: " + left.get(0));
    }
    store.index().refuseUnreadable();
    store.checkpoint();
    store.log().forgetLoss();
    freeStrayUnits();
    return new RepairReport(List.copyOf(deeds), Check.run(store).problems());
  }

  /** Known only when the damaged records are gone. */
  private void freeStrayUnits() throws IOException {
    if (store.index().countStrayUnits() > 0) {
      store.index().freeStrayUnits();
      store.checkpoint();
    }
  }

  private void findSuspects(VersionAudit audit) throws IOException {
    NodeOwners nodeOwners = new NodeOwners();
    Problems shared = new Problems();
    BlockOwners blockOwners = new BlockOwners(store.superblock().segmentBlocks(), shared);
    for (Version version : audit.versions()) {
      Problems problems = new Problems();
      new VersionCheck(
              audit, version, store.nodes(), hash, nodeOwners, blockOwners, new Totals(), problems)
          .run();
      if (!problems.sentences().isEmpty()) {
        suspects.add(version.id());
      }
    }
  }

  private void finishDeletions() {
    int gone = versions.finishDeletions();
    if (gone > 0) {
      deeds.add(gone + " deleted versions, whose space was still to be freed, were taken out");
    }
  }

  // ---- Nodes

  /** Children come before their parents, since they show what their parents had. */
  private void cutDamage(VersionAudit audit) throws IOException {
    List<Version> all = versions.versions();
    for (int i = all.size() - 1; i >= 0; i--) {
      Version version = all.get(i);
      nextInode = Math.max(nextInode, version.nextInode());
      List<Loss> losses = new ArrayList<>();
      long root = surgery.cut(version.root(), version.id(), losses::add);
      if (!losses.isEmpty()) {
        suspects.add(version.id());
        Tree tree = new Tree(store.nodes(), new Owner(version.id()), root);
        long items = fill(version, tree, losses);
        setRoot(version, tree.root());
        describe(audit.describe(version), losses, items);
      }
    }
  }

  private long fill(Version version, Tree tree, List<Loss> losses) throws IOException {
    Gaps gaps = new Gaps(version, tree, surgery);
    for (Version child : versions.children(version)) {
      for (Loss loss : losses) {
        gaps.fill(loss.gap(), child.root());
      }
    }
    return gaps.items();
  }

  private void describe(String place, List<Loss> losses, long items) {
    for (Loss loss : losses) {
      long first = ItemType.inodeOf(loss.gap().fromHigh());
      boolean isOpen = loss.gap().endHigh() == Long.MAX_VALUE;
      deeds.add(
          "%s: node %d was left out, with what it held of inodes %d to %s: %s"
              .formatted(
                  place,
                  loss.nodeId(),
                  first,
                  isOpen ? "the last" : ItemType.inodeOf(loss.gap().endHigh()),
                  loss.cause()));
    }
    if (items > 0) {
      deeds.add(
          "%s: %d items of that came back: later versions still have them".formatted(place, items));
    }
  }

  private void setRoot(Version version, long root) {
    versions.setTree(
        version, root, version.nextInode(), version.inodeCount(), version.referBytes());
  }

  // ---- Items

  private void repairTrees(VersionAudit audit) throws IOException {
    for (Version version : versions.versions()) {
      Version parent = versions.parent(version);
      if (parent != null && suspects.contains(parent.id())) {
        suspects.add(version.id());
      }
      if (suspects.contains(version.id())) {
        repairTree(version, audit.describe(version));
      }
    }
    for (Version version : versions.versions()) {
      if (suspects.contains(version.id())) {
        versions.setTree(
            version, version.root(), nextInode, version.inodeCount(), version.referBytes());
      }
    }
  }

  private void repairTree(Version version, String place) throws IOException {
    Tree tree = new Tree(store.nodes(), new Owner(version.id()), version.root());
    TreeRepair repair =
        new TreeRepair(tree, hash, deed -> deeds.add(place + ": " + deed), () -> nextInode++);
    nextInode = Math.max(nextInode, repair.largestInode() + 1);
    long inodes = repair.run();
    Version parent = versions.parent(version);
    BitSet parentNodes = new BitSet();
    surgery.addNodes(parent == null ? 0 : parent.root(), parentNodes);
    long root = surgery.own(tree.root(), version.id(), version.parentId(), parentNodes);
    versions.setTree(version, root, version.nextInode(), inodes, version.referBytes());
  }

  // ---- What is derived

  private void recountSpace() throws IOException {
    versions.dropSpace();
    SpaceRecount recount =
        new SpaceRecount(
            versions, store.nodes(), store.superblock().segmentBlocks(), new Problems());
    BitSet reached = new BitSet();
    for (Version version : versions.versions()) {
      recount.count(version);
      surgery.addNodes(version.root(), reached);
    }
    if (recount.hasShares()) {
      store.allowSharing();
    }
    recount.countShares();
    surgery.addNodes(versions.spaceRoot(), reached);
    store.log().replaceLive(recount.live());
    surgery.sweep(store.index(), reached);
    deeds.add("deadlists, shares, sums and live maps were made anew from the trees");
  }

  /** Whoever changes a tree here copies what was there, and everything is counted afterwards. */
  private record Owner(long version) implements Ownership {
    @Override
    public boolean owns(long born) {
      return false;
    }

    @Override
    public void allocated(int bytes) {}

    @Override
    public void released(long nodeId, int bytes, long born) {}
  }
}
