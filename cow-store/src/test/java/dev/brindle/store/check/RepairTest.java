package dev.brindle.store.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.Store;
import dev.brindle.store.StoreId;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.CrashedException;
import dev.brindle.store.disk.FaultyDisk.Fault;
import dev.brindle.store.index.Index;
import dev.brindle.store.tree.Item;
import dev.brindle.store.tree.Tree;
import dev.brindle.store.version.Version;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Stores damaged at random and repaired: everything that was not hit is there as it was, in every
 * version, and the store obeys every rule. {@code -Dbrindle.full=true} damages many more; {@code
 * -Dbrindle.seed=N} one again.
 */
class RepairTest {
  private static final int STORES = Boolean.getBoolean("brindle.full") ? 400 : 10;
  private static final StoreOptions OPTIONS = StoreOptions.defaults();

  /** A store with history: files, directories, links, snapshots, clones, deletions. */
  private static final class Filling {
    private final Random random;
    private final Store store;
    private final List<Long> directories = new ArrayList<>();
    private final List<Name> names = new ArrayList<>();
    private final Map<Long, List<Object[]>> files = new TreeMap<>();

    Filling(Store store, Random random) {
      this.store = store;
      this.random = random;
    }

    void run() throws IOException {
      VolumeInfo volume = store.createVolume(Name.of("main"), 1, 2);
      directories.add(FileTree.ROOT_INODE);
      change(store.open(volume.id()), 250);
      List<SnapshotInfo> snapshots = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        snapshots.add(store.createSnapshot(volume.id(), Name.of("s" + i)));
        change(store.open(volume.id()), 60);
        if (i == 1) {
          VolumeInfo clone = store.cloneSnapshot(snapshots.get(0).version(), Name.of("c"));
          changeContents(store.open(clone.id()));
          store.createSnapshot(clone.id(), Name.of("of-clone"));
          changeContents(store.open(clone.id()));
        }
      }
      store.deleteSnapshot(snapshots.get(2).version());
      if (random.nextBoolean()) {
        store.reclaim();
      }
    }

    private void change(WritableFileTree tree, int steps) throws IOException {
      for (int i = 0; i < steps; i++) {
        long directory = directories.get(random.nextInt(directories.size()));
        Name name = Name.of("entry " + random.nextInt(100_000));
        try {
          step(tree, directory, name);
        } catch (FileSystemException e) {
          // It exists, or is gone: another step, then.
        }
      }
    }

    private void step(WritableFileTree tree, long directory, Name name) throws IOException {
      switch (random.nextInt(8)) {
        case 0 -> directories.add(tree.mkdir(directory, name, 0750, 1, 2).inode());
        case 1 -> tree.symlink(directory, name, new byte[1 + random.nextInt(60)], 1, 2);
        case 2 -> changeContents(tree);
        case 3 -> copy(tree, directory, name);
        default -> {
          long file = tree.create(directory, name, FileMode.REGULAR | 0640, 1, 2, 0).inode();
          files.computeIfAbsent(directory, d -> new ArrayList<>()).add(new Object[] {name, file});
          write(tree, file);
          if (random.nextInt(6) == 0) {
            tree.link(file, directory, Name.of(name + " again"));
          }
        }
      }
    }

    private void changeContents(WritableFileTree tree) throws IOException {
      for (List<Object[]> inDirectory : files.values()) {
        for (Object[] file : inDirectory) {
          if (random.nextInt(20) == 0) {
            try {
              write(tree, (Long) file[1]);
            } catch (FileSystemException e) {
              // Not in this version.
            }
          }
        }
      }
    }

    /** Of a file of any version, by reference. */
    private void copy(WritableFileTree tree, long directory, Name name) throws IOException {
      List<FileTree> sources = new ArrayList<>(trees(store).values());
      FileTree source = sources.get(random.nextInt(sources.size()));
      List<Object[]> known = files.getOrDefault(directory, List.of());
      if (!known.isEmpty()) {
        long original = (Long) known.get(random.nextInt(known.size()))[1];
        long copy = tree.create(directory, name, FileMode.REGULAR | 0600, 3, 4, 0).inode();
        long start = 4096L * random.nextInt(4);
        tree.copyRange(source, original, start, copy, 0, Long.MAX_VALUE);
        files.get(directory).add(new Object[] {name, copy});
      }
    }

    private void write(WritableFileTree tree, long file) throws IOException {
      byte[] bytes = new byte[random.nextInt(3) == 0 ? random.nextInt(60_000) : 500];
      random.nextBytes(bytes);
      tree.write(file, random.nextInt(20_000), ByteBuffer.wrap(bytes));
    }
  }

  /** What a version's file tree shows of an inode. */
  private record Shown(InodeAttributes attributes, byte[] content) {}

  private static Map<Long, FileTree> trees(Store store) throws IOException {
    Map<Long, FileTree> trees = new TreeMap<>();
    for (VolumeInfo volume : store.volumes()) {
      trees.put(store.parts().catalogue().head(volume.id()).id(), store.open(volume.id()));
      for (SnapshotInfo snapshot : store.snapshots(volume.id())) {
        trees.put(snapshot.version(), store.openSnapshot(snapshot.version()));
      }
    }
    return trees;
  }

  /** All inodes that can be reached from the root. */
  private static Map<Long, Shown> shown(FileTree tree) throws IOException {
    Map<Long, Shown> shown = new TreeMap<>();
    show(tree, FileTree.ROOT_INODE, shown);
    return shown;
  }

  private static void show(FileTree tree, long inode, Map<Long, Shown> shown) throws IOException {
    if (shown.containsKey(inode)) {
      return;
    }
    InodeAttributes attributes = tree.getattr(inode);
    byte[] content = {};
    if (FileMode.isRegular(attributes.mode())) {
      content = new byte[(int) attributes.size()];
      assertEquals(content.length, tree.read(inode, 0, ByteBuffer.wrap(content)));
    } else if (FileMode.isSymlink(attributes.mode())) {
      content = tree.readlink(inode);
    }
    shown.put(inode, new Shown(attributes, content));
    if (FileMode.isDirectory(attributes.mode())) {
      List<Long> entries = new ArrayList<>();
      tree.readdir(inode, 0, (name, child, mode, cookie) -> entries.add(child));
      for (long child : entries) {
        show(tree, child, shown);
      }
    }
  }

  private static FaultyDisk filled(long seed) throws IOException {
    FaultyDisk disk = new FaultyDisk();
    Store.create(disk, OPTIONS);
    try (Store store = Store.open(disk, OPTIONS)) {
      new Filling(store, new Random(seed)).run();
    }
    return disk;
  }

  private static Map<Long, Map<Long, Shown>> allShown(FaultyDisk disk) throws IOException {
    Map<Long, Map<Long, Shown>> all = new TreeMap<>();
    try (Store store = Store.openAtRest(disk, OPTIONS)) {
      for (Map.Entry<Long, FileTree> tree : trees(store).entrySet()) {
        all.put(tree.getKey(), shown(tree.getValue()));
      }
    }
    return all;
  }

  /** Overwrites the records of some nodes; returns which inodes lost nothing, by version. */
  private static Map<Long, List<Long>> damageNodes(FaultyDisk disk, Random random)
      throws IOException {
    List<Long> hit = new ArrayList<>();
    try (Store store = Store.openAtRest(disk, OPTIONS)) {
      List<Long> nodes = TreeItems.nodes(store);
      int count = 1 + random.nextInt(4);
      for (int i = 0; i < count; i++) {
        hit.add(nodes.get(random.nextInt(nodes.size())));
      }
    }
    return damage(disk, hit, random);
  }

  private static Map<Long, List<Long>> damage(FaultyDisk disk, List<Long> nodes, Random random)
      throws IOException {
    Map<Long, Map<Long, Integer>> before = new TreeMap<>();
    try (Store store = Store.openAtRest(disk, OPTIONS)) {
      TreeItems.countAll(store, before);
      Index index = store.parts().index();
      for (long node : nodes) {
        byte[] bytes = index.get(node);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        index.put(node, bytes);
      }
      index.freeze();
      index.write();
    }
    Map<Long, Map<Long, Integer>> after = new TreeMap<>();
    try (Store store = Store.openAtRest(disk, OPTIONS)) {
      TreeItems.countAll(store, after);
    }
    return TreeItems.unchanged(before, after);
  }

  private static RepairReport repair(FaultyDisk disk) throws IOException {
    try (Store store = Store.openAtRest(disk, OPTIONS)) {
      return Repair.run(store);
    }
  }

  private static void assertWorks(FaultyDisk disk) throws IOException {
    try (Store store = Store.open(disk, OPTIONS)) {
      assertEquals(List.of(), Check.run(store, true).problems());
      for (VolumeInfo volume : store.volumes()) {
        WritableFileTree tree = store.open(volume.id());
        long file =
            tree.create(
                    FileTree.ROOT_INODE, Name.of("after repair"), FileMode.REGULAR | 0600, 1, 1, 0)
                .inode();
        tree.write(file, 0, ByteBuffer.wrap(new byte[10_000]));
        store.createSnapshot(volume.id(), Name.of("after repair"));
      }
      store.sync();
      assertEquals(List.of(), Check.run(store, true).problems());
      VolumeInfo main = store.volume("main");
      for (SnapshotInfo snapshot : store.snapshots(main.id())) {
        store.deleteSnapshot(snapshot.version());
        store.reclaim();
        assertEquals(List.of(), Check.run(store, true).problems());
      }
      store.deleteVolume(main.id(), CloneDisposition.DELETE);
      store.reclaim();
      assertEquals(List.of(), Check.run(store, true).problems());
      assertEquals(0, store.status().liveBytes());
    }
  }

  private static void assertSame(
      Map<Long, Map<Long, Shown>> before,
      Map<Long, Map<Long, Shown>> after,
      Map<Long, List<Long>> mustBeThere) {
    for (Map.Entry<Long, Map<Long, Shown>> version : before.entrySet()) {
      Map<Long, Shown> now = after.get(version.getKey());
      for (long inode : mustBeThere.get(version.getKey())) {
        Shown was = version.getValue().get(inode);
        if (was != null) {
          String place = "inode " + inode + " of version " + version.getKey();
          Shown is = now.get(inode);
          assertNotNull(is, place);
          assertEquals(was.attributes.mode(), is.attributes.mode(), place);
          assertEquals(was.attributes.uid(), is.attributes.uid(), place);
          assertArrayEquals(was.content, is.content, place);
        }
      }
    }
  }

  @Test
  void repair_ofDamagedNodes_keepsWhatWasNotHit_inEveryVersion() throws IOException {
    long only = Long.getLong("brindle.seed", -1);
    int kept = 0;
    int lost = 0;
    for (long seed = only < 0 ? 1 : only; seed <= (only < 0 ? STORES : only); seed++) {
      try {
        FaultyDisk disk = filled(seed);
        Map<Long, Map<Long, Shown>> before = allShown(disk);
        Map<Long, List<Long>> sound = damageNodes(disk, new Random(seed));
        RepairReport report = repair(disk);
        assertEquals(List.of(), report.remaining());
        assertFalse(report.deeds().isEmpty());
        assertEquals(new RepairReport(List.of(), List.of()), repair(disk));
        assertSame(before, allShown(disk), sound);
        for (Map.Entry<Long, Map<Long, Shown>> version : before.entrySet()) {
          int unhit = sound.get(version.getKey()).size();
          kept += unhit;
          lost += version.getValue().size() - unhit;
        }
        assertWorks(disk);
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError("-Dbrindle.seed=" + seed, e);
      }
    }
    System.out.printf("repair: %d stores, %d inodes not hit, %d hit%n", STORES, kept, lost);
    assertTrue(only >= 0 || (kept > 1_000 && lost > 10));
  }

  /** A file whose extents reach from one leaf's keys into the next one's; returns it. */
  private static long fillWithLongExtents(Store store, Random random) throws IOException {
    VolumeInfo volume = store.createVolume(Name.of("main"), 1, 2);
    WritableFileTree tree = store.open(volume.id());
    for (int i = 0; i < 100; i++) {
      tree.create(FileTree.ROOT_INODE, Name.of("other " + i), FileMode.REGULAR | 0600, 1, 1, 0);
    }
    long file =
        tree.create(FileTree.ROOT_INODE, Name.of("file"), FileMode.REGULAR | 0600, 1, 1, 0).inode();
    byte[] page = new byte[4096];
    for (int i = 0; i < 900; i++) {
      random.nextBytes(page);
      tree.write(file, 2L * i * page.length, ByteBuffer.wrap(page));
    }
    tree.fsync(file, false);
    byte[] pages = new byte[page.length * (100 + random.nextInt(900))];
    random.nextBytes(pages);
    tree.write(file, 0, ByteBuffer.wrap(pages));
    tree.fsync(file, false);
    store.createSnapshot(volume.id(), Name.of("snapshot"));
    for (int i = 0; i < 3; i++) {
      random.nextBytes(page);
      long before = (1 + random.nextInt(15)) * (long) page.length;
      tree.write(file, Math.max(0, pages.length - before), ByteBuffer.wrap(page));
      tree.fsync(file, false);
    }
    return file;
  }

  @Test
  void repair_ofOneNode_keepsWhatOtherVersionsHaveOfIt() throws IOException {
    for (long seed = 1; seed <= STORES; seed++) {
      FaultyDisk disk = new FaultyDisk();
      Store.create(disk, OPTIONS);
      long file;
      List<Long> nodes;
      try (Store store = Store.open(disk, OPTIONS)) {
        file = fillWithLongExtents(store, new Random(seed));
        store.checkpoint();
        nodes = TreeItems.nodes(store);
      }
      Map<Long, Map<Long, Shown>> before = allShown(disk);
      for (long node : nodes) {
        FaultyDisk damaged = disk.afterProcessDeath();
        Map<Long, List<Long>> sound = damage(damaged, List.of(node), new Random(seed));
        String place = "seed " + seed + ", node " + node;
        assertEquals(List.of(), repair(damaged).remaining(), place);
        Map<Long, Map<Long, Shown>> after = allShown(damaged);
        try {
          assertSame(before, after, sound);
        } catch (AssertionError e) {
          throw new AssertionError(place + ", file " + file, e);
        }
        try (Store store = Store.open(damaged, OPTIONS)) {
          assertEquals(List.of(), Check.run(store, true).problems(), place);
        }
      }
    }
  }

  @Test
  void repair_ofItemsLostInAHead_isCleanAgain() throws IOException {
    for (long seed = 1; seed <= STORES; seed++) {
      try {
        FaultyDisk disk = filled(seed);
        loseItems(disk, new Random(seed));
        RepairReport report = repair(disk);
        assertEquals(List.of(), report.remaining());
        assertEquals(new RepairReport(List.of(), List.of()), repair(disk));
        assertWorks(disk);
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void loseItems(FaultyDisk disk, Random random) throws IOException {
    try (Store store = Store.openAtRest(disk, OPTIONS)) {
      VolumeInfo volume = store.volume("main");
      Version head = store.parts().catalogue().head(volume.id());
      Tree tree =
          new Tree(store.parts().nodes(), store.parts().versions().ownership(head), head.root());
      for (int i = 0; i < 8; i++) {
        Item item = tree.ceiling((long) random.nextInt(300) << 8, 0);
        for (int skip = random.nextInt(5); item != null && skip > 0; skip--) {
          item = tree.ceiling(item.high(), item.offset() + 1);
        }
        if (item != null) {
          tree.remove(item.high(), item.offset());
        }
      }
      head.setRoot(tree.root());
      store.checkpoint();
    }
  }

  @Test
  void repair_ofAStoreWhoseRedoMeetsTheDamage_repeatsWhatFits() throws IOException {
    int refused = 0;
    // where the damage falls is also the background's to say, so it may miss all of the redo
    for (long seed = 1; seed <= STORES || (refused == 0 && seed <= 20 * STORES); seed++) {
      Random random = new Random(seed);
      FaultyDisk disk = filled(seed);
      Store store = Store.open(disk, OPTIONS);
      WritableFileTree tree = store.open(store.volume("main").id());
      store.checkpoint();
      List<Long> nodes = TreeItems.nodes(store);
      for (int i = 0; i < 200; i++) {
        Name name = Name.of("late " + i);
        tree.create(FileTree.ROOT_INODE, name, FileMode.REGULAR | 0600, 1, 1, 0);
      }
      tree.fsync(FileTree.ROOT_INODE, false);
      FaultyDisk crashed = disk.afterCrash(random);
      StoreId id = store.parts().superblock().store();
      store.close();
      try (Index index = Index.open(crashed, id, 0)) {
        for (int i = 0; i < 4; i++) {
          index.put(nodes.get(random.nextInt(nodes.size())), new byte[100]);
        }
        index.freeze();
        index.write();
      }
      try (Store damaged = Store.open(crashed.afterProcessDeath(), OPTIONS)) {
        damaged.status();
      } catch (CorruptStoreException e) {
        refused++;
      }
      assertEquals(List.of(), repair(crashed).remaining());
      assertEquals(new RepairReport(List.of(), List.of()), repair(crashed));
      assertWorks(crashed);
    }
    assertTrue(refused > 0, "no redo met any damage");
  }

  @Test
  void repair_thatCrashesAnywhere_hasHappenedOrNot() throws IOException {
    FaultyDisk damaged = filled(3);
    damageNodes(damaged, new Random(3));
    List<String> problems;
    try (Store store = Store.openAtRest(damaged.afterProcessDeath(), OPTIONS)) {
      problems = Check.run(store, false).problems();
    }
    assertFalse(problems.isEmpty());
    int crashes = 0;
    boolean isDone = false;
    for (int at = 0; !isDone; at++) {
      FaultyDisk crashing = damaged.afterProcessDeath();
      crashing.fail(at, Fault.CRASH);
      try {
        repair(crashing);
        isDone = true;
      } catch (CrashedException e) {
        crashes++;
      }
      FaultyDisk crashed = crashing.afterCrash(new Random(at));
      try (Store store = Store.openAtRest(crashed, OPTIONS)) {
        List<String> found = Check.run(store, false).problems();
        assertTrue(found.isEmpty() || found.equals(problems), () -> found.toString());
      }
      assertEquals(List.of(), repair(crashed).remaining());
    }
    assertTrue(crashes > 5, "only " + crashes);
  }

  @Test
  void repair_ofASoundStore_changesNothing() throws IOException {
    FaultyDisk disk = filled(1);
    assertEquals(List.of(), repair(disk).deeds());
    Map<Long, Map<Long, Shown>> before = allShown(disk);
    assertEquals(before.keySet(), allShown(disk).keySet());
  }
}
