package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Timestamp;
import dev.brindle.store.index.Index;
import dev.brindle.store.index.TwinTables;
import dev.brindle.store.log.Log;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.tree.Ownership;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * All versions of a store, what each has given up against its parent, and the deletion of those
 * that lost their name.
 *
 * <p>Locks: the callers hold the gate, shared for what changes one head, exclusively for {@link
 * #freeze}, {@link #splice} and for what makes or deletes versions. Below it comes the reaper's
 * lock, then this object's monitor, then those of node store, log and index.
 */
public final class VersionTree {
  private final CatalogueTables tables;
  private final ReferenceFreer freer;
  private final TreeMap<Long, Version> versions = new TreeMap<>();
  private final Set<Version> changed = ConcurrentHashMap.newKeySet();
  private final List<Long> removed = new ArrayList<>();
  private final Set<VolumeEntry> changedVolumes = new HashSet<>();
  private final List<Long> removedVolumes = new ArrayList<>();
  private final Losses losses;
  private final SpaceTree space;
  private final Burials burials;
  private final Reaper reaper;
  private final Catalogue catalogue;
  private long nextNumber;

  private VersionTree(
      CatalogueTables tables,
      DeadlistRows deadlistRows,
      OwnedSpace ownedSpace,
      Freer freer,
      Losses losses,
      int segmentBlocks)
      throws IOException {
    this.tables = tables;
    this.losses = losses;
    RowFormat.Counters counters = loadCounters(tables.counters());
    nextNumber = counters.nextNumber();
    space =
        new SpaceTree(deadlistRows.open(counters.spaceRoot()), segmentBlocks, counters.nextList());
    this.freer = new ReferenceFreer(this, space.shares(), freer, losses);
    burials = new Burials(space.deadlists(), losses, segmentBlocks);
    reaper = new Reaper(this, ownedSpace, this.freer, losses);
    catalogue = new Catalogue(this);
  }

  /** The names of the tables that it keeps in the index. */
  public static List<String> tables() {
    return CatalogueTables.NAMES;
  }

  /**
   * Verifies a row of one of its tables.
   *
   * @throws CorruptStoreException the row is not what was written there
   */
  public static void verifyRow(String table, long key, byte[] row) throws CorruptStoreException {
    CatalogueTables.verify(table, key, row);
  }

  /**
   * Loads what the last checkpoint holds of versions and volumes; nothing at all from a new index.
   *
   * @param extents finds the blocks that a tree's items refer to
   * @param segmentBlocks the log's
   */
  public static VersionTree load(
      TwinTables tables, NodeStore nodes, Log log, ExtentFinder extents, int segmentBlocks)
      throws IOException {
    Losses losses = new Losses();
    return load(
        CatalogueTables.of(tables),
        root -> new DeadlistTree(nodes, root),
        new TreeSpace(nodes, extents, losses),
        new StoreFreer(nodes, log),
        losses,
        segmentBlocks);
  }

  /**
   * Makes anew what it can of tables that have lost rows, so that they can be loaded, for a repair.
   *
   * @param isFileTree says whether below a root is the tree of a volume or snapshot
   * @return a sentence for each thing that was made anew or lost
   */
  public static List<String> salvage(
      TwinTables tables,
      Index index,
      NodeStore nodes,
      ExtentFinder extents,
      LongPredicate isFileTree)
      throws IOException {
    return new CatalogueSalvage(CatalogueTables.of(tables), index, nodes, extents, isFileTree)
        .run();
  }

  private record StoreFreer(NodeStore nodes, Log log) implements Freer {
    @Override
    public void freeBlocks(long address, long blocks) {
      log.markDead(address, Math.toIntExact(blocks));
    }

    @Override
    public void freeNode(long nodeId) {
      nodes.free(nodeId);
    }
  }

  /** Opens the tree of deadlists and shares, given the root node that was frozen. */
  interface DeadlistRows {
    SortedRows open(long root) throws IOException;
  }

  static VersionTree load(
      CatalogueTables tables,
      DeadlistRows deadlistRows,
      OwnedSpace ownedSpace,
      Freer freer,
      int segmentBlocks)
      throws IOException {
    return load(tables, deadlistRows, ownedSpace, freer, new Losses(), segmentBlocks);
  }

  private static VersionTree load(
      CatalogueTables tables,
      DeadlistRows deadlistRows,
      OwnedSpace ownedSpace,
      Freer freer,
      Losses losses,
      int segmentBlocks)
      throws IOException {
    VersionTree tree =
        new VersionTree(tables, deadlistRows, ownedSpace, freer, losses, segmentBlocks);
    tables.versions().forEach(tree::loadVersion);
    tree.catalogue.load(tables.volumes());
    tree.reaper.resume(tree.versions.values());
    return tree;
  }

  private static RowFormat.Counters loadCounters(RowTable table) throws IOException {
    RowFormat.Counters[] found = {new RowFormat.Counters(1, 1, 0)};
    table.forEach(
        (key, value) -> {
          if (key != RowFormat.COUNTERS_KEY) {
            throw new CorruptStoreException("index.db", -1, "counters under key " + key);
          }
          found[0] = RowFormat.decodeCounters(value);
        });
    return found[0];
  }

  private void loadVersion(long id, byte[] bytes) throws IOException {
    VersionRow row = RowFormat.decodeVersion(id, bytes);
    Version parent = versions.get(row.parent());
    if (row.parent() != 0 && parent == null) {
      throw broken("version " + id + " has a parent that does not exist: " + row.parent());
    }
    if (id >= nextNumber) {
      throw broken("version " + id + " is above the counter");
    }
    enter(Version.of(this, row, parent));
  }

  private static CorruptStoreException broken(String how) {
    return new CorruptStoreException("index.db", -1, how);
  }

  public Catalogue catalogue() {
    return catalogue;
  }

  /** A number that no version and no volume had before. */
  public synchronized long nextNumber() {
    return nextNumber++;
  }

  /** Keeps a number that a redo record holds from being given again. */
  public synchronized void noteNumber(long number) {
    nextNumber = Math.max(nextNumber, number + 1);
  }

  /** The version with this id; null when there is none (any more). */
  public synchronized @Nullable Version find(long id) {
    return versions.get(id);
  }

  /** All versions, those that wait for the reaper included, by id. */
  public synchronized List<Version> versions() {
    return List.copyOf(versions.values());
  }

  // ---- What a head takes and gives up

  /** A head refers to more: a new node or new blocks, in bytes. */
  public void allocated(Version head, long bytes) {
    head.addReferBytes(bytes);
  }

  /**
   * A head refers once more to blocks that some version refers to already, and will not cease to
   * meanwhile.
   *
   * @param blocks all in one segment
   */
  public void share(Version head, long address, long blocks) throws IOException {
    synchronized (this) {
      space.shares().add(address, blocks, 1);
    }
    head.addReferBytes(blocks * Entries.BLOCK_BYTES);
  }

  /** Takes back {@link #share}. */
  public void unshare(Version head, long address, long blocks) throws IOException {
    synchronized (this) {
      space
          .shares()
          .free(
              address,
              blocks,
              1,
              (from, count) -> {
                throw new IllegalStateException("block " + from + " was not shared");
              });
    }
    head.addReferBytes(-blocks * Entries.BLOCK_BYTES);
  }

  /**
   * A head no longer refers to blocks: they are freed when it owns them, and else go on its
   * deadlist.
   *
   * @param blocks all in one segment
   * @param born the version in which they were written
   */
  public void release(Version head, long address, long blocks, long born) throws IOException {
    if (!head.owns(born)) {
      makeRoom();
    }
    head.addReferBytes(-blocks * Entries.BLOCK_BYTES);
    if (head.owns(born) || !buryBlocks(head, address, blocks, born)) {
      freer.freeBlocks(address, blocks);
    }
  }

  private synchronized void makeRoom() throws IOException {
    if (burials.isFull()) {
      burials.settle();
    }
  }

  private synchronized boolean buryBlocks(Version head, long address, long blocks, long born) {
    if (goesWithParent(head, born)) {
      return false;
    }
    burials.addBlocks(head, born, address, blocks);
    return true;
  }

  private synchronized boolean buryNode(Version head, long nodeId, long bytes, long born) {
    if (goesWithParent(head, born)) {
      return false;
    }
    burials.addNode(head, born, nodeId, bytes);
    return true;
  }

  /** True when only the head's parent had it too, and that one is being deleted. */
  private static boolean goesWithParent(Version head, long born) {
    Version parent = head.parent;
    if (parent == null || head.state != VersionState.HEAD) {
      throw new IllegalStateException(head + " releases what was born in " + born);
    }
    return parent.state == VersionState.FREEING_DEADLIST && parent.owns(born);
  }

  /** What a head's tree asks and tells; of no use after the head became something else. */
  public Ownership ownership(Version head) {
    return new Ownership() {
      @Override
      public long version() {
        return head.id();
      }

      @Override
      public boolean owns(long born) {
        return head.owns(born);
      }

      @Override
      public void allocated(int bytes) {
        head.addReferBytes(bytes);
      }

      @Override
      public void released(long nodeId, int bytes, long born) {
        head.addReferBytes(-bytes);
        if (head.owns(born) || !buryNode(head, nodeId, bytes, born)) {
          freer.freeNode(nodeId);
        }
      }
    };
  }

  /** Ends the hold of {@link Catalogue#freezeHead}; the reaper does the rest. */
  public synchronized void release(Version frozen) {
    frozen.holds--;
    reaper.consider(frozen);
  }

  // ---- Deletion

  /** What cannot be freed because of damage: a sentence for each, since the store was opened. */
  public List<String> losses() {
    return losses.sentences();
  }

  /** True while a version waits for the reaper or is being freed. */
  public boolean reapPending() {
    return reaper.pending() > 0;
  }

  /** How many versions wait to be freed, or are. */
  public int reapsPending() {
    return reaper.pending();
  }

  /**
   * Frees a bit of the versions that lost their names. The caller holds the gate shared.
   *
   * @param budget how many nodes, items or deadlist entries to handle, about
   */
  public ReapProgress reapStep(int budget) throws IOException {
    return reaper.step(budget);
  }

  /**
   * Takes a version out of the tree whose part of its child's deadlist is freed; nothing happens
   * when there is none. O(1), in memory. The caller holds the gate exclusively.
   */
  public void splice() {
    reaper.splice();
  }

  /** Pauses the reaper, and shows everything to the check. */
  public VersionAudit audit() throws IOException {
    return new VersionAudit(this, reaper);
  }

  /** The way in for a repair, while nobody else has the store. */
  public VersionRepair repair() {
    return new VersionRepair(this, space, reaper);
  }

  // ---- Checkpoint

  /**
   * Puts on the deadlists what heads gave up lately. A checkpoint does it before it freezes the
   * nodes, of which deadlists consist: once with the gate held shared, since it may read from the
   * disk, and once more with the gate held exclusively, for the little that came in between.
   *
   * @throws IOException they could not be read for another reason than damage, and nothing is lost
   */
  public synchronized void settle() throws IOException {
    burials.settle();
  }

  /**
   * Copies what changed since the last freeze. The caller holds the gate exclusively, has called
   * {@link #settle} and freezes the nodes in the same moment.
   *
   * @throws IOException the deadlists are half changed
   * @throws IllegalStateException heads gave up something since they were settled
   */
  public synchronized FrozenVersions freeze() throws IOException {
    space.checkUsable();
    if (!burials.isEmpty()) {
      throw new IllegalStateException("settle() comes before the freeze of nodes and versions");
    }
    RowFormat.Counters counters =
        new RowFormat.Counters(nextNumber, space.deadlists().nextId(), space.root());
    FrozenVersions frozen =
        new FrozenVersions(tables, RowFormat.encode(counters), removed, removedVolumes);
    removed.clear();
    removedVolumes.clear();
    for (Version version : changed) {
      version.markUnchanged();
      if (versions.get(version.id()) == version) {
        frozen.addVersion(version);
      }
    }
    changed.clear();
    changedVolumes.forEach(frozen::addVolume);
    changedVolumes.clear();
    return frozen;
  }

  // ---- For this package, under the monitor

  /** The deadlists, up to date. */
  Deadlists deadlists() throws IOException {
    return space().deadlists();
  }

  /** Deadlists and shares, up to date. */
  SpaceTree space() throws IOException {
    burials.settle();
    return space;
  }

  Losses lossesNoted() {
    return losses;
  }

  Collection<Version> descending() {
    return versions.descendingMap().values();
  }

  void changed(Version version) {
    changed.add(version);
  }

  void changed(VolumeEntry volume) {
    changedVolumes.add(volume);
  }

  void removed(VolumeEntry volume) {
    changedVolumes.remove(volume);
    removedVolumes.add(volume.id);
  }

  Version newHead(long id, long volumeId, @Nullable Version parent, Timestamp created) {
    if (versions.containsKey(id) || (parent != null && parent.id() >= id)) {
      throw new IllegalStateException("version " + id + " under " + parent);
    }
    noteNumber(id);
    Version head = new Version(this, id, volumeId, parent, VersionState.HEAD, created);
    if (parent != null) {
      head.copyTree(parent);
    }
    enter(head);
    head.markChanged();
    return head;
  }

  private void enter(Version version) {
    versions.put(version.id(), version);
    if (version.parent != null) {
      version.parent.children.add(version);
    }
  }

  /** The version goes as soon as it has one child or none. */
  void dropName(Version version) {
    version.name = null;
    version.state = VersionState.NAMELESS;
    version.markChanged();
    reaper.consider(version);
  }

  void remove(Version version) {
    versions.remove(version.id());
    removed.add(version.id());
  }
}
