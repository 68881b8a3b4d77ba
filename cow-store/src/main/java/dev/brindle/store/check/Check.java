package dev.brindle.store.check;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Store;
import dev.brindle.store.disk.DiskFullException;
import dev.brindle.store.tree.TreeWalk;
import dev.brindle.store.version.Version;
import dev.brindle.store.version.VersionAudit;
import dev.brindle.store.volume.NameHash;
import dev.brindle.store.volume.OpenStore;
import dev.brindle.store.volume.Superblock;
import java.io.IOException;

/**
 * Verifies a store: reachability, ownership, deadlists against trees, link counts, back-references,
 * extents inside segments, live byte counts. The package's description lists the rules.
 */
public final class Check {
  private final OpenStore store;
  private final Problems problems = new Problems();
  private final NodeOwners nodes = new NodeOwners();
  private final BlockOwners blocks;
  private final Totals totals = new Totals();
  private boolean isCheckpointed = true;

  private Check(OpenStore store) {
    this.store = store;
    this.blocks = new BlockOwners(store.superblock().segmentBlocks(), problems);
  }

  /**
   * Checks an open store that nobody writes to meanwhile. The deletion of versions pauses.
   *
   * @param readData also reads every live block and verifies its checksum
   */
  public static CheckReport run(Store store, boolean readData) throws IOException {
    return new Check(store.parts()).run(readData);
  }

  static CheckReport run(OpenStore store) throws IOException {
    return new Check(store).run(false);
  }

  /** As {@link #run}, of what is in memory: nothing is checkpointed, records are not looked at. */
  static CheckReport runInMemory(OpenStore store) throws IOException {
    return new Check(store).runInMemory();
  }

  private CheckReport run(boolean readData) throws IOException {
    try (VersionAudit audit = store.versions().audit()) {
      checkpoint();
      return run(audit, readData);
    }
  }

  private CheckReport runInMemory() throws IOException {
    try (VersionAudit audit = store.versions().audit()) {
      isCheckpointed = false;
      return run(audit, false);
    }
  }

  private CheckReport run(VersionAudit audit, boolean readData) throws IOException {
    checkVersions(audit);
    checkDeadlists(audit);
    checkRecords();
    checkShares(audit);
    checkLog();
    if (readData) {
      new DataCheck(store.log(), problems).run();
    }
    return new CheckReport(
        totals.versions,
        nodes.count(),
        totals.inodes,
        totals.extents,
        blocks.bytes(),
        problems.sentences());
  }

  /** Brings the index up to the trees in memory. */
  private void checkpoint() throws IOException {
    try {
      store.checkpoint();
    } catch (DiskFullException e) {
      isCheckpointed = false;
      problems.add("the host's disk is full: the index's records were not verified");
    }
  }

  private void checkVersions(VersionAudit audit) throws IOException {
    audit.verifyHeads().forEach(problems::add);
    Superblock superblock = store.superblock();
    NameHash hash = new NameHash(superblock.hashKey0(), superblock.hashKey1());
    for (Version version : audit.versions()) {
      totals.versions++;
      new VersionCheck(audit, version, store.nodes(), hash, nodes, blocks, totals, problems).run();
    }
  }

  private void checkDeadlists(VersionAudit audit) throws IOException {
    TreeWalk.walk(
        store.nodes(),
        audit.spaceRoot(),
        0,
        new StructureWalk("the tree of deadlists and shares", nodes, problems));
    try {
      audit.verifyLists().forEach(problems::add);
    } catch (CorruptStoreException e) {
      problems.add("the tree of deadlists and shares", String.valueOf(e.getMessage()));
    }
  }

  private void checkShares(VersionAudit audit) throws IOException {
    if (!nodes.isComplete()) {
      return;
    }
    try {
      blocks.compareShares(audit);
    } catch (CorruptStoreException e) {
      problems.add("the tree of deadlists and shares", String.valueOf(e.getMessage()));
    }
  }

  private void checkRecords() throws IOException {
    if (isCheckpointed) {
      nodes.compare(store.index(), problems);
      checkUnits();
    }
  }

  /** A long record that is damaged was found as a node. */
  private void checkUnits() throws IOException {
    try {
      int stray = store.index().countStrayUnits();
      if (stray > 0) {
        problems.add(stray + " units of index.db belong to no record");
      }
    } catch (CorruptStoreException e) {
      if (nodes.isComplete()) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
  }

  private void checkLog() throws IOException {
    store.log().verify().forEach(problems::add);
    if (nodes.isComplete()) {
      blocks.compare(store.log());
    }
  }
}
