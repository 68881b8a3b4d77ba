package dev.brindle.store.version;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.SpaceUsage;
import dev.brindle.store.Timestamp;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.version.Piece.Space;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A version tree beside its model, and the operations that are done to both. */
final class World {
  static final int SEGMENT_BLOCKS = 8;
  private static final int KEYS = 24;
  private static final int NODE_KEYS = 6;
  private static final int FIRST_NODE_KEY = 1000;

  /** All that a crash takes back to what was frozen last. */
  private static final class State {
    PlainModel model = new PlainModel();
    FakeRows rows = new FakeRows();
    Map<Long, TreeMap<Integer, Piece>> trees = new HashMap<>();
    Set<Space> allocated = new HashSet<>();
    long nextPlace = SEGMENT_BLOCKS;
    long nextNode = 1;
    long nextLabel = 1;

    State copy() {
      State copy = new State();
      copy.model = model.copy();
      copy.rows = rows.copy();
      trees.forEach((root, tree) -> copy.trees.put(root, new TreeMap<>(tree)));
      copy.allocated.addAll(allocated);
      copy.nextPlace = nextPlace;
      copy.nextNode = nextNode;
      copy.nextLabel = nextLabel;
      return copy;
    }
  }

  private final Random random;
  private final CatalogueTables tables = FakeTable.three();
  private State state = new State();
  private State durable = new State();
  private @Nullable FrozenVersions frozen;
  private @Nullable State stateFrozen;
  private VersionTree tree;
  private Catalogue catalogue;
  private int names;

  World(Random random) throws IOException {
    this.random = random;
    load();
    freeze();
    write();
  }

  private void load() throws IOException {
    tree = VersionTree.load(tables, root -> state.rows, this::freeOwned, freer, SEGMENT_BLOCKS);
    catalogue = tree.catalogue();
  }

  // ---- The space below

  private final Freer freer =
      new Freer() {
        @Override
        public void freeBlocks(long address, long blocks) {
          assertTrue(
              address / SEGMENT_BLOCKS == (address + blocks - 1) / SEGMENT_BLOCKS,
              "blocks of two segments");
          for (long i = 0; i < blocks; i++) {
            freed(false, address + i);
          }
        }

        @Override
        public void freeNode(long nodeId) {
          freed(true, nodeId);
        }
      };

  private void freed(boolean isNode, long place) {
    Space space = new Space(isNode, place);
    assertTrue(state.allocated.remove(space), () -> "freed twice: " + space);
    assertFalse(spaces().contains(space), () -> "freed and in use: " + space);
  }

  /** What versions refer to. */
  private Set<Space> spaces() {
    Set<Space> spaces = new HashSet<>();
    state.model.referred().forEach(piece -> spaces.add(piece.space()));
    return spaces;
  }

  private OwnedSpace.@Nullable Cursor freeOwned(
      long root, long bornAfter, OwnedSpace.Cursor from, int budget, Freer sink)
      throws IOException {
    int rest = budget;
    for (Map.Entry<Integer, Piece> entry :
        state.trees.getOrDefault(root, new TreeMap<>()).tailMap((int) from.offset()).entrySet()) {
      if (rest-- == 0) {
        return new OwnedSpace.Cursor(0, entry.getKey());
      }
      Piece piece = entry.getValue();
      if (piece.born() > bornAfter) {
        if (piece.isNode()) {
          sink.freeNode(piece.place());
        } else {
          sink.freeBlocks(piece.place(), 1);
        }
      }
    }
    return null;
  }

  // ---- Operations

  private <T> @Nullable T any(List<T> list) {
    return list.isEmpty() ? null : list.get(random.nextInt(list.size()));
  }

  private @Nullable Long anyVolume() {
    return any(List.copyOf(state.model.volumes.keySet()));
  }

  private PlainModel.@Nullable Node anySnapshot() {
    return any(state.model.nodes.values().stream().filter(node -> node.name != null).toList());
  }

  private String newName() {
    return "n" + names++;
  }

  void createVolume() throws IOException {
    long volume = tree.nextNumber();
    long head = tree.nextNumber();
    String name = newName();
    catalogue.createVolume(volume, head, Name.of(name), new Timestamp(names, 0));
    state.model.volumes.put(volume, new PlainModel.Volume(volume, 0, name));
    state.model.addHead(head, volume, null);
    adopt(head);
  }

  /** Gives a new head a tree of its own, as the volume's code does. */
  private void adopt(long head) {
    state.trees.put(head, new TreeMap<>(state.model.nodes.get(head).pieces));
    tree.find(head).setRoot(head);
  }

  void takeSnapshot() throws IOException {
    Long volume = anyVolume();
    if (volume == null) {
      return;
    }
    long newHead = tree.nextNumber();
    String name = newName();
    SnapshotInfo info =
        catalogue.takeSnapshot(volume, Name.of(name), newHead, new Timestamp(names, 0));
    PlainModel.Node old = state.model.head(volume);
    assertEquals(old.id, info.version());
    old.isHead = false;
    old.name = name;
    state.model.addHead(newHead, volume, old);
    adopt(newHead);
  }

  void cloneVolume() throws IOException {
    Long volume = anyVolume();
    if (volume == null) {
      return;
    }
    long newHead = tree.nextNumber();
    long clone = tree.nextNumber();
    long cloneHead = tree.nextNumber();
    String name = newName();
    catalogue.cloneVolume(
        volume, newHead, clone, cloneHead, Name.of(name), new Timestamp(names, 0));
    PlainModel.Node old = state.model.head(volume);
    old.isHead = false;
    state.model.addHead(newHead, volume, old);
    state.model.addHead(cloneHead, clone, old);
    state.model.volumes.put(clone, new PlainModel.Volume(clone, volume, name));
    adopt(newHead);
    adopt(cloneHead);
  }

  void cloneSnapshot() throws IOException {
    PlainModel.Node snapshot = anySnapshot();
    if (snapshot == null) {
      return;
    }
    long clone = tree.nextNumber();
    long cloneHead = tree.nextNumber();
    String name = newName();
    catalogue.cloneSnapshot(snapshot.id, clone, cloneHead, Name.of(name), new Timestamp(names, 0));
    state.model.addHead(cloneHead, clone, snapshot);
    state.model.volumes.put(clone, new PlainModel.Volume(clone, snapshot.volume, name));
    adopt(cloneHead);
  }

  void deleteSnapshot() throws IOException {
    PlainModel.Node snapshot = anySnapshot();
    if (snapshot != null) {
      catalogue.deleteSnapshot(snapshot.id);
      snapshot.name = null;
      state.model.normalize();
    }
  }

  void deleteVolume() throws IOException {
    Long volume = anyVolume();
    if (volume == null) {
      return;
    }
    boolean detach = random.nextBoolean();
    catalogue.deleteVolume(volume, detach ? CloneDisposition.DETACH : CloneDisposition.DELETE);
    if (detach) {
      state
          .model
          .clonesOf(volume)
          .forEach(
              (id, clone) ->
                  state.model.volumes.put(id, new PlainModel.Volume(id, 0, clone.name())));
    }
    forget(volume);
    state.model.normalize();
  }

  private void forget(long volume) {
    state.model.clonesOf(volume).keySet().forEach(this::forget);
    state.model.volumes.remove(volume);
    for (PlainModel.Node node : state.model.nodes.values()) {
      if (node.volume == volume) {
        node.isHead = false;
        node.name = null;
      }
    }
  }

  void renames() throws IOException {
    Long volume = anyVolume();
    PlainModel.Node snapshot = anySnapshot();
    if (volume != null) {
      String name = newName();
      catalogue.renameVolume(volume, Name.of(name));
      PlainModel.Volume old = state.model.volumes.get(volume);
      state.model.volumes.put(volume, new PlainModel.Volume(volume, old.parent(), name));
    }
    if (snapshot != null) {
      snapshot.name = newName();
      catalogue.renameSnapshot(snapshot.id, Name.of(snapshot.name));
    }
  }

  void detach() throws IOException {
    Long volume = anyVolume();
    if (volume != null) {
      catalogue.detach(volume);
      PlainModel.Volume old = state.model.volumes.get(volume);
      state.model.volumes.put(volume, new PlainModel.Volume(volume, 0, old.name()));
    }
  }

  /** Overwrites, fills or empties a range of a head's keys. */
  void change() throws IOException {
    Long volume = anyVolume();
    if (volume == null) {
      return;
    }
    Version head = catalogue.head(volume);
    boolean isNode = random.nextInt(3) == 0;
    int from = isNode ? FIRST_NODE_KEY + random.nextInt(NODE_KEYS) : random.nextInt(KEYS);
    int count = isNode ? 1 : Math.min(1 + random.nextInt(6), KEYS - from);
    PlainModel.Node node = state.model.nodes.get(head.id());
    List<Piece> old = new ArrayList<>();
    boolean remove = random.nextInt(4) == 0;
    long place = isNode || remove ? 0 : place(count);
    for (int key = from; key < from + count; key++) {
      Piece before =
          remove
              ? node.pieces.remove(key)
              : node.pieces.put(key, allocate(head, isNode, isNode ? state.nextNode++ : place++));
      if (before != null) {
        old.add(before);
      }
    }
    state.trees.put(head.id(), new TreeMap<>(node.pieces));
    release(head, old);
  }

  /** Copies a range of keys by reference from one version to others of a head. */
  void copy() throws IOException {
    Long volume = anyVolume();
    PlainModel.Node source =
        any(state.model.nodes.values().stream().filter(PlainModel.Node::isNamed).toList());
    if (volume == null || source == null) {
      return;
    }
    Version head = catalogue.head(volume);
    PlainModel.Node target = state.model.nodes.get(head.id());
    int from = random.nextInt(KEYS);
    int to = random.nextInt(KEYS);
    int count = Math.min(1 + random.nextInt(8), KEYS - Math.max(from, to));
    if (source == target && Math.abs(from - to) < count) {
      return;
    }
    List<Piece> old = new ArrayList<>();
    List<Piece> copies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Piece before = target.pieces.remove(to + i);
      if (before != null) {
        old.add(before);
      }
      Piece original = source.pieces.get(from + i);
      if (original != null) {
        Piece copy = new Piece(false, original.place(), head.id(), 4096, state.nextLabel++);
        target.pieces.put(to + i, copy);
        copies.add(copy);
      }
    }
    state.trees.put(head.id(), new TreeMap<>(target.pieces));
    share(head, copies);
    release(head, old);
  }

  private void share(Version head, List<Piece> copies) throws IOException {
    for (int i = 0; i < copies.size(); ) {
      int blocks = 1;
      while (i + blocks < copies.size()
          && copies.get(i + blocks).place() == copies.get(i).place() + blocks
          && copies.get(i + blocks).place() % SEGMENT_BLOCKS != 0) {
        blocks++;
      }
      tree.share(head, copies.get(i).place(), blocks);
      i += blocks;
    }
  }

  /** Room for some blocks in one segment. */
  private long place(int count) {
    if (state.nextPlace % SEGMENT_BLOCKS + count > SEGMENT_BLOCKS) {
      state.nextPlace += SEGMENT_BLOCKS - state.nextPlace % SEGMENT_BLOCKS;
    }
    long place = state.nextPlace;
    state.nextPlace += count;
    return place;
  }

  private Piece allocate(Version head, boolean isNode, long place) {
    long bytes = isNode ? 8192L << random.nextInt(2) : 4096;
    Piece piece = new Piece(isNode, place, head.id(), bytes, state.nextLabel++);
    state.allocated.add(piece.space());
    if (isNode) {
      tree.ownership(head).allocated((int) piece.bytes());
    } else {
      tree.allocated(head, piece.bytes());
    }
    return piece;
  }

  private void release(Version head, List<Piece> pieces) throws IOException {
    int i = 0;
    while (i < pieces.size()) {
      Piece first = pieces.get(i++);
      if (first.isNode()) {
        tree.ownership(head).released(first.place(), (int) first.bytes(), first.born());
        continue;
      }
      int blocks = 1;
      while (i < pieces.size()
          && pieces.get(i).place() == first.place() + blocks
          && pieces.get(i).place() % SEGMENT_BLOCKS != 0
          && pieces.get(i).born() == first.born()) {
        blocks++;
        i++;
      }
      tree.release(head, first.place(), blocks, first.born());
    }
  }

  void reap(int steps) throws IOException {
    for (int i = 0; i < steps; i++) {
      ReapProgress progress = tree.reapStep(1 + random.nextInt(5));
      if (progress == ReapProgress.SPLICE && random.nextBoolean()) {
        tree.splice();
      }
    }
  }

  /** Late, as when the gate was not free at once. */
  void splice() {
    tree.splice();
  }

  /** Crashes in the middle of the reaper's work, with a checkpoint not long before. */
  void reapAndCrash() throws IOException {
    write();
    deleteSnapshot();
    if (random.nextInt(4) == 0) {
      deleteVolume();
    }
    reap(1 + random.nextInt(12));
    freeze();
    reap(random.nextInt(4));
    write();
    reap(random.nextInt(12));
    crash();
  }

  /** Until nothing is left to free; then exactly what is referred to is there. */
  void reapAll() throws IOException {
    int steps = 0;
    while (true) {
      ReapProgress progress = tree.reapStep(1 + random.nextInt(9));
      if (progress == ReapProgress.IDLE) {
        break;
      }
      if (progress == ReapProgress.SPLICE) {
        tree.splice();
      }
      assertTrue(++steps < 100_000, "the reaper does not come to an end");
    }
    assertFalse(tree.reapPending());
    assertEquals(spaces(), state.allocated, "what is not freed");
    compareShares();
    assertEquals(
        List.copyOf(state.model.nodes.keySet()),
        tree.versions().stream().map(Version::id).toList(),
        "versions");
  }

  /** When nothing is left to free, the map counts exactly the references beyond the first. */
  private void compareShares() throws IOException {
    Map<Long, Long> expected = new TreeMap<>();
    for (Piece piece : state.model.referred()) {
      if (!piece.isNode()) {
        expected.merge(piece.place(), 1L, Long::sum);
      }
    }
    expected.values().removeIf(references -> references == 1);
    Map<Long, Long> found = new TreeMap<>();
    try (VersionAudit audit = tree.audit()) {
      audit.shares(
          (address, blocks, others) -> {
            for (long i = 0; i < blocks; i++) {
              found.put(address + i, others + 1);
            }
          });
      assertEquals(List.of(), audit.verifyLists());
    }
    assertEquals(expected, found, "references of shared blocks");
  }

  void freeze() throws IOException {
    if (frozen == null) {
      tree.settle();
      frozen = tree.freeze();
      stateFrozen = state.copy();
    }
  }

  void write() throws IOException {
    if (frozen != null && stateFrozen != null) {
      frozen.write();
      durable = stateFrozen;
      frozen = null;
    }
  }

  void crash() throws IOException {
    frozen = null;
    state = durable.copy();
    load();
  }

  // ---- Comparison

  void compare() throws IOException {
    Map<Long, SpaceUsage> rows = new HashMap<>();
    for (SpaceUsage row : catalogue.spaceUsage()) {
      rows.put(row.snapshot() == null ? row.volume().head() : row.snapshot().version(), row);
    }
    for (PlainModel.Node node : state.model.nodes.values()) {
      if (node.isNamed()) {
        SpaceUsage row = rows.remove(node.id);
        assertEquals(state.model.refer(node), row.refer(), () -> "refer of " + node.id);
        assertEquals(state.model.written(node), row.written(), () -> "written of " + node.id);
        assertEquals(state.model.used(node), row.used(), () -> "used of " + node.id);
      }
    }
    assertTrue(rows.isEmpty(), () -> "rows of what is not there: " + rows);
    compareNames();
  }

  private void compareNames() throws IOException {
    List<Long> found = new ArrayList<>();
    for (VolumeInfo volume : catalogue.volumes()) {
      found.add(volume.id());
      PlainModel.Volume there = state.model.volumes.get(volume.id());
      assertEquals(there.name(), volume.name().toString());
      assertEquals(there.parent(), volume.parentVolume() == null ? 0 : volume.parentVolume());
      assertEquals(state.model.head(volume.id()).id, volume.head());
      assertEquals(volume, catalogue.volume(volume.fullName()).orElseThrow());
      assertEquals(
          state.model.snapshots(volume.id()).stream().map(node -> node.name).toList(),
          catalogue.snapshots(volume.id()).stream().map(info -> info.name().toString()).toList());
    }
    assertEquals(state.model.volumes.keySet(), new HashSet<>(found));
  }
}
