package dev.brindle.store.version;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.StoreId;
import dev.brindle.store.Timestamp;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.disk.HostDisk;
import dev.brindle.store.index.Index;
import dev.brindle.store.tree.FrozenNodes;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.tree.Tree;
import dev.brindle.store.tree.TreeWalk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Volumes of plain items over real trees, deadlists, nodes and an index on the disk. */
final class StackWorld implements AutoCloseable {
  private static final Timestamp NOW = new Timestamp(1, 2);
  private static final int SEGMENT_BLOCKS = 64;
  private static final int KEYS = 1500;

  /** What a crash takes back. */
  private static final class State {
    final Map<Long, TreeMap<Long, byte[]>> contents = new HashMap<>();
    final TreeSet<Long> liveBlocks = new TreeSet<>();
    long nextAddress = SEGMENT_BLOCKS;

    State copy() {
      State copy = new State();
      contents.forEach((id, content) -> copy.contents.put(id, new TreeMap<>(content)));
      copy.liveBlocks.addAll(liveBlocks);
      copy.nextAddress = nextAddress;
      return copy;
    }
  }

  private final Random random;
  private final HostDisk disk;
  private final StoreId storeId = StoreId.random();
  private final Map<Long, Tree> trees = new HashMap<>();
  private Index index;
  private NodeStore nodes;
  private VersionTree versions;
  private Catalogue catalogue;
  private State state = new State();
  private State durable = new State();
  private int names;

  StackWorld(Path directory, Random random) throws IOException {
    this.random = random;
    disk = new HostDisk(directory);
    index = Index.create(disk, storeId);
    load();
    checkpoint();
  }

  private void load() throws IOException {
    nodes = new NodeStore(index, 1 << 20);
    versions =
        VersionTree.load(
            CatalogueTables.of(index.twins(CatalogueTables.NAMES)),
            root -> new DeadlistTree(nodes, root),
            new TreeSpace(nodes, StackWorld::findExtent, new Losses()),
            new Freer() {
              @Override
              public void freeBlocks(long address, long blocks) {
                for (long i = 0; i < blocks; i++) {
                  assertTrue(state.liveBlocks.remove(address + i), "freed twice");
                }
              }

              @Override
              public void freeNode(long nodeId) {
                nodes.free(nodeId);
              }
            },
            SEGMENT_BLOCKS);
    catalogue = versions.catalogue();
    trees.clear();
  }

  /** An item is address, blocks, born and then anything; address 0 is no extent. */
  private static ExtentFinder.Blocks findExtent(long high, long offset, byte[] value) {
    ByteBuffer item = ByteBuffer.wrap(value);
    long address = item.getLong();
    return address == 0 ? null : new ExtentFinder.Blocks(address, item.getInt(), item.getLong());
  }

  private Version anyHead() throws IOException {
    List<VolumeInfo> volumes = catalogue.volumes();
    if (volumes.isEmpty()) {
      createVolume();
      volumes = catalogue.volumes();
    }
    return catalogue.head(volumes.get(random.nextInt(volumes.size())).id());
  }

  private List<SnapshotInfo> snapshots() throws IOException {
    List<SnapshotInfo> all = new ArrayList<>();
    for (VolumeInfo volume : catalogue.volumes()) {
      all.addAll(catalogue.snapshots(volume.id()));
    }
    return all;
  }

  private Name newName() {
    return Name.of("n" + names++);
  }

  void createVolume() throws IOException {
    long head = versions.nextNumber();
    catalogue.createVolume(versions.nextNumber(), head, newName(), NOW);
    state.contents.put(head, new TreeMap<>());
  }

  /** Puts and removes items near each other. */
  void change() throws IOException {
    Version head = anyHead();
    Tree tree =
        trees.computeIfAbsent(
            head.volumeId(), id -> new Tree(nodes, versions.ownership(head), head.root()));
    TreeMap<Long, byte[]> content = state.contents.get(head.id());
    long first = random.nextInt(KEYS);
    boolean isRemoval = random.nextInt(3) == 0;
    int count = 1 + random.nextInt(random.nextInt(5) == 0 ? 300 : 20);
    for (long key = first; key < first + count; key++) {
      byte[] old;
      if (isRemoval) {
        old = tree.remove(key, 0);
        assertEquals(old == null, content.remove(key) == null);
      } else {
        byte[] item = item(head);
        old = tree.put(key, 0, item);
        content.put(key, item);
      }
      head.setRoot(tree.root());
      release(head, old);
    }
  }

  private byte[] item(Version head) throws IOException {
    ByteBuffer item = ByteBuffer.allocate(20 + random.nextInt(400));
    ExtentFinder.Blocks original = random.nextInt(4) == 0 ? anyExtent() : null;
    if (original != null) {
      int from = random.nextInt((int) original.blocks());
      int blocks = 1 + random.nextInt((int) original.blocks() - from);
      item.putLong(original.address() + from).putInt(blocks).putLong(head.id());
      versions.share(head, original.address() + from, blocks);
    } else if (random.nextBoolean()) {
      int blocks = 1 + random.nextInt(4);
      if (state.nextAddress % SEGMENT_BLOCKS + blocks > SEGMENT_BLOCKS) {
        state.nextAddress += SEGMENT_BLOCKS - state.nextAddress % SEGMENT_BLOCKS;
      }
      item.putLong(state.nextAddress).putInt(blocks).putLong(head.id());
      for (int i = 0; i < blocks; i++) {
        state.liveBlocks.add(state.nextAddress++);
      }
      versions.allocated(head, blocks * Entries.BLOCK_BYTES);
    }
    return item.array();
  }

  /** What one of the named versions refers to; null when that one has nothing there. */
  private ExtentFinder.Blocks anyExtent() throws IOException {
    List<Long> named = named();
    TreeMap<Long, byte[]> content = state.contents.get(named.get(random.nextInt(named.size())));
    var entry = content.ceilingEntry((long) random.nextInt(KEYS));
    return entry == null ? null : findExtent(0, 0, entry.getValue());
  }

  private void release(Version head, byte[] item) throws IOException {
    ExtentFinder.Blocks found = item == null ? null : findExtent(0, 0, item);
    if (found != null) {
      versions.release(head, found.address(), found.blocks(), found.born());
    }
  }

  private void startedFrom(long newHead, long old) {
    state.contents.put(newHead, new TreeMap<>(state.contents.get(old)));
  }

  private void rebase(Version head) {
    Tree tree = trees.get(head.volumeId());
    if (tree != null) {
      tree.rebase(versions.ownership(head));
    }
  }

  void takeSnapshot() throws IOException {
    Version old = anyHead();
    long newHead = versions.nextNumber();
    catalogue.takeSnapshot(old.volumeId(), newName(), newHead, NOW);
    startedFrom(newHead, old.id());
    rebase(versions.find(newHead));
  }

  void cloneVolume() throws IOException {
    Version old = anyHead();
    long newHead = versions.nextNumber();
    long cloneHead = versions.nextNumber();
    catalogue.cloneVolume(
        old.volumeId(), newHead, versions.nextNumber(), cloneHead, newName(), NOW);
    startedFrom(newHead, old.id());
    startedFrom(cloneHead, old.id());
    rebase(versions.find(newHead));
  }

  void cloneSnapshot() throws IOException {
    List<SnapshotInfo> all = snapshots();
    if (!all.isEmpty()) {
      SnapshotInfo snapshot = all.get(random.nextInt(all.size()));
      long head = versions.nextNumber();
      catalogue.cloneSnapshot(snapshot.version(), versions.nextNumber(), head, newName(), NOW);
      startedFrom(head, snapshot.version());
    }
  }

  void deleteSnapshot() throws IOException {
    List<SnapshotInfo> all = snapshots();
    if (!all.isEmpty()) {
      catalogue.deleteSnapshot(all.get(random.nextInt(all.size())).version());
    }
  }

  void deleteVolume() throws IOException {
    Version head = anyHead();
    for (VolumeInfo volume : catalogue.withClones(head.volumeId())) {
      trees.remove(volume.id());
    }
    catalogue.deleteVolume(head.volumeId(), CloneDisposition.DELETE);
  }

  void reap(int steps) throws IOException {
    for (int i = 0; i < steps; i++) {
      if (versions.reapStep(1 + random.nextInt(100)) == ReapProgress.SPLICE) {
        versions.splice();
      }
    }
  }

  /**
   * Reaps until a version has a second deadlist that is not yet merged into its first, and crashes
   * with that on the disk.
   *
   * @return false when it did not come to that
   */
  boolean crashWhileMerging() throws IOException {
    while (versions.reapPending()) {
      reap(1);
      if (isMerging()) {
        checkpoint();
        crash();
        assertTrue(isMerging(), "the second deadlist is lost");
        return true;
      }
    }
    return false;
  }

  private boolean isMerging() {
    return versions.versions().stream().anyMatch(version -> version.mergedList != 0);
  }

  void checkpoint() throws IOException {
    versions.settle();
    FrozenNodes frozenNodes = nodes.freeze();
    FrozenVersions frozen = versions.freeze();
    State next = state.copy();
    frozenNodes.write();
    frozen.write();
    index.freeze();
    index.write();
    frozenNodes.settle();
    durable = next;
  }

  void crash() throws IOException {
    index.close();
    index = Index.open(disk, storeId, 0);
    state = durable.copy();
    load();
  }

  /** Everything that has a name is as it was written. */
  void compare() throws IOException {
    for (long id : named()) {
      compare(versions.find(id), new TreeSet<>(), new TreeSet<>());
    }
  }

  private List<Long> named() throws IOException {
    List<Long> named = new ArrayList<>();
    for (VolumeInfo volume : catalogue.volumes()) {
      named.add(volume.head());
    }
    for (SnapshotInfo snapshot : snapshots()) {
      named.add(snapshot.version());
    }
    return named;
  }

  /** Also: nothing is kept that no version refers to. */
  void compareAll() throws IOException {
    while (versions.reapPending()) {
      reap(100);
    }
    checkpoint();
    Set<Long> nodeIds = new TreeSet<>();
    TreeSet<Long> blocks = new TreeSet<>();
    for (Version version : versions.versions()) {
      compare(version, nodeIds, blocks);
    }
    Collector deadlists = new Collector();
    TreeWalk.walk(nodes, versions.space().root(), 0, deadlists);
    nodeIds.addAll(deadlists.nodeIds);
    Set<Long> records = new TreeSet<>();
    index.forEachRecord(records::add);
    assertEquals(nodeIds, records, "records");
    assertEquals(blocks, state.liveBlocks, "live blocks");
  }

  private void compare(Version version, Set<Long> nodeIds, Set<Long> blocks) throws IOException {
    Collector found = new Collector();
    TreeWalk.walk(nodes, version.root(), version.id(), found);
    TreeMap<Long, byte[]> content = state.contents.get(version.id());
    assertEquals(content.keySet(), found.items.keySet(), () -> version + "'s keys");
    content.forEach((key, item) -> assertArrayEquals(item, found.items.get(key)));
    assertEquals(
        found.nodeBytes + found.references * Entries.BLOCK_BYTES,
        version.referBytes(),
        () -> version + "'s bytes");
    nodeIds.addAll(found.nodeIds);
    blocks.addAll(found.blocks);
  }

  private static final class Collector implements TreeWalk.Visitor {
    final TreeMap<Long, byte[]> items = new TreeMap<>();
    final Set<Long> nodeIds = new TreeSet<>();
    final Set<Long> blocks = new TreeSet<>();
    long nodeBytes;
    long references;

    @Override
    public boolean enter(long nodeId) {
      return true;
    }

    @Override
    public void node(long nodeId, long born, int level, int encodedBytes) {
      assertTrue(nodeIds.add(nodeId));
      nodeBytes += Index.storedBytes(encodedBytes);
    }

    @Override
    public void item(long high, long offset, byte[] value) {
      items.put(high, value);
      if (value.length >= 20) {
        ExtentFinder.Blocks found = findExtent(high, offset, value);
        for (long i = 0; found != null && i < found.blocks(); i++) {
          blocks.add(found.address() + i);
          references++;
        }
      }
    }

    @Override
    public void damaged(long nodeId, CorruptStoreException cause) throws IOException {
      throw cause;
    }
  }

  @Override
  public void close() throws IOException {
    index.close();
    disk.close();
  }
}
