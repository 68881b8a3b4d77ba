package dev.brindle.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.check.Check;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Loss;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A store of which everything called {@code index.*} is lost, and more. */
final class IndexLossTest {
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withCheckpointIntervalMillis(3_600_000);
  private static final Name DATA = Name.of("data");

  private FaultyDisk disk = new FaultyDisk();

  private static byte[] bytes(int seed) {
    byte[] bytes = new byte[300_000];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** A volume, a snapshot of it, a clone of that, and what came behind the last checkpoint. */
  private void fill() throws IOException {
    Store.create(disk, OPTIONS);
    FaultyDisk left;
    try (Store store = Store.open(disk, OPTIONS)) {
      VolumeInfo volume = store.createVolume(Name.of("main"), 0, 0);
      write(store.open(volume.id()), DATA, bytes(1));
      SnapshotInfo snapshot = store.createSnapshot(volume.id(), Name.of("monday"));
      VolumeInfo clone = store.cloneSnapshot(snapshot.version(), Name.of("try"));
      store.checkpoint();
      write(store.open(volume.id()), Name.of("later"), bytes(2));
      write(store.open(clone.id()), Name.of("in-clone"), bytes(3));
      store.createSnapshot(volume.id(), Name.of("tuesday"));
      store.sync();
      left = disk.fork();
    }
    disk = left;
  }

  private static void write(WritableFileTree tree, Name name, byte[] content) throws IOException {
    long file = tree.create(FileTree.ROOT_INODE, name, FileMode.REGULAR | 0644, 0, 0, 0).inode();
    tree.write(file, 0, ByteBuffer.wrap(content));
  }

  private static byte[] read(FileTree tree, String name) throws IOException {
    InodeAttributes file = tree.lookup(FileTree.ROOT_INODE, Name.of(name));
    ByteBuffer target = ByteBuffer.allocate((int) file.size());
    tree.read(file.inode(), 0, target);
    return target.array();
  }

  private static void verify(FaultyDisk rebuilt) throws IOException {
    try (Store store = Store.open(rebuilt, OPTIONS)) {
      assertEquals(List.of(), Check.run(store, true).problems());
      VolumeInfo volume = store.volume("main");
      assertArrayEquals(bytes(1), read(store.open(volume.id()), "data"));
      assertArrayEquals(bytes(2), read(store.open(volume.id()), "later"));
      SnapshotInfo monday = store.snapshot(volume.id(), Name.of("monday")).orElseThrow();
      assertArrayEquals(bytes(1), read(store.openSnapshot(monday.version()), "data"));
      SnapshotInfo tuesday = store.snapshot(volume.id(), Name.of("tuesday")).orElseThrow();
      assertArrayEquals(bytes(2), read(store.openSnapshot(tuesday.version()), "later"));
      VolumeInfo clone = store.volume("main/try");
      assertArrayEquals(bytes(3), read(store.open(clone.id()), "in-clone"));
    }
  }

  @Test
  void lostIndex_isMadeAnew_withVolumesSnapshotsAndClones() throws IOException {
    fill();
    FaultyDisk crashed = disk.afterCrash(new Random(1));
    for (String name : crashed.list("")) {
      if (name.startsWith("index.")) {
        crashed.delete(name);
      }
    }
    IndexLostException refused =
        assertThrows(IndexLostException.class, () -> Store.open(crashed, OPTIONS));
    assertTrue(refused.getMessage().contains("--rebuild-index"), refused.getMessage());
    Store.rebuildIndex(crashed, false);
    verify(crashed);
  }

  @Test
  void lostOrDamagedSuperblock_comesBack_withTheIndexOrWithoutIt() throws IOException {
    fill();
    for (boolean isIndexLost : new boolean[] {true, false}) {
      FaultyDisk crashed = disk.afterCrash(new Random(1));
      crashed.delete("superblock");
      if (isIndexLost) {
        crashed.delete("index.db");
      }
      assertThrows(IndexLostException.class, () -> Store.open(crashed, OPTIONS));
      Store.rebuildIndex(crashed, false);
      verify(crashed);
    }
    FaultyDisk damaged = disk.afterCrash(new Random(2));
    damaged.flipBit("superblock", 200);
    IndexLostException refused =
        assertThrows(IndexLostException.class, () -> Store.open(damaged, OPTIONS));
    assertTrue(refused.getMessage().contains("--rebuild-index"), refused.getMessage());
    Store.rebuildIndex(damaged, false);
    verify(damaged);
  }

  /** What an interrupted creation left may be deleted by the next one; what was a store may not. */
  @Test
  void storeWithoutItsSuperblock_isNotTakenForAnUnfinishedOne() throws IOException {
    fill();
    FaultyDisk crashed = disk.afterCrash(new Random(1));
    crashed.delete("superblock");
    assertThrows(FileAlreadyExistsException.class, () -> Store.create(crashed, OPTIONS));
    Store.rebuildIndex(crashed, false);
    verify(crashed);
    crashed.delete("superblock");
    byte[] superblock = new byte[52];
    try (DiskFile copy = crashed.open("checkpoints/superblock", OpenMode.READ)) {
      assertEquals(superblock.length, copy.read(0, ByteBuffer.wrap(superblock)));
    }
    crashed.delete("checkpoints/superblock");
    assertThrows(DirectoryNotEmptyException.class, () -> Store.create(crashed, OPTIONS));
    try (DiskFile saved = crashed.open("superblock", OpenMode.CREATE)) {
      saved.write(0, ByteBuffer.wrap(superblock));
    }
    verify(crashed);
  }

  @Test
  void lostCopies_areMadeAnew_andNothingIsRebuiltFromNothing() throws IOException {
    fill();
    FaultyDisk crashed = disk.afterCrash(new Random(1));
    for (String name : crashed.list("checkpoints")) {
      crashed.delete("checkpoints/" + name);
    }
    FaultyDisk lost = crashed.afterProcessDeath();
    verify(crashed);
    assertThrows(CorruptStoreException.class, () -> Store.rebuildIndex(lost, false));
    lost.delete("index.db");
    assertThrows(CorruptStoreException.class, () -> Store.rebuildIndex(lost, false));
    lost.delete("superblock");
    assertThrows(NoSuchFileException.class, () -> Store.rebuildIndex(lost, false));
  }

  /** What a backup of some of the store's files would hold, to be put back later. */
  private record Backup(Map<String, byte[]> files) {
    static Backup of(FaultyDisk disk, String... names) throws IOException {
      Map<String, byte[]> files = new TreeMap<>();
      for (String name : names) {
        files.put(name, disk.contents(name));
      }
      return new Backup(files);
    }

    void putBack(FaultyDisk target) throws IOException {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        DiskFile open = target.open(file.getKey(), OpenMode.READ_WRITE);
        open.truncate(0);
        open.write(0, ByteBuffer.wrap(file.getValue()));
      }
    }
  }

  private static void fsync(WritableFileTree tree, String name, int seed) throws IOException {
    fsync(tree, name, bytes(seed));
  }

  private static void fsync(WritableFileTree tree, String name, byte[] content) throws IOException {
    write(tree, Name.of(name), content);
    tree.fsync(tree.lookup(FileTree.ROOT_INODE, Name.of(name)).inode(), false);
  }

  /** Makes a history, and returns what a backup in the middle of it holds. */
  private Backup history() throws IOException {
    Store.create(disk, OPTIONS);
    Backup backup;
    try (Store store = Store.open(disk, OPTIONS)) {
      WritableFileTree tree = store.open(store.createVolume(Name.of("main"), 0, 0).id());
      fsync(tree, "first", 1);
      store.checkpoint();
      backup = Backup.of(disk, "index.db", "checkpoints/0.journal");
      fsync(tree, "second", 2);
      write(tree, Name.of("third"), bytes(3));
      store.checkpoint();
      fsync(tree, "fourth", 4);
      store.checkpoint();
    }
    return backup;
  }

  @Test
  void olderCopies_withoutTheIndex_areRefused_andTakenKnowingly() throws IOException {
    history().putBack(disk);
    FaultyDisk lost = disk.afterCrash(Loss.NOTHING, new Random(1));
    assertThrows(IndexLostException.class, () -> Store.open(lost, OPTIONS));
    lost.delete("index.db");
    OlderStateException refused =
        assertThrows(OlderStateException.class, () -> Store.rebuildIndex(lost, false));
    assertTrue(refused.getMessage().contains("--accept-older"), refused.getMessage());
    assertFalse(lost.exists("index.db"));
    assertTrue(Store.rebuildIndex(lost, true).older());
    for (int time = 0; time < 2; time++) {
      try (Store store = Store.open(lost, OPTIONS)) {
        assertEquals(List.of(), Check.run(store, true).problems());
        WritableFileTree tree = store.open(store.volume("main").id());
        assertArrayEquals(bytes(1), read(tree, "first"));
        assertArrayEquals(bytes(2), read(tree, "second"));
        assertThrows(FileSystemException.class, () -> read(tree, "third"));
        assertThrows(FileSystemException.class, () -> read(tree, "fourth"));
        fsync(tree, "new" + time, 5);
      }
    }
    lost.delete("index.db");
    assertFalse(Store.rebuildIndex(lost, false).older());
    try (Store store = Store.open(lost, OPTIONS)) {
      assertArrayEquals(bytes(5), read(store.open(store.volume("main").id()), "new1"));
    }
  }

  /** What the copies have lost and the old file has is not lost with the old file. */
  @Test
  void rebuild_besideAnIndexThatIsSound_losesNothingThatTheCopiesHaveNot() throws IOException {
    fill();
    Store.open(disk, OPTIONS).close();
    int rebuilt = 0;
    for (String name : disk.list("checkpoints")) {
      String copy = "checkpoints/" + name;
      for (long page = 0; page < disk.contents(copy).length / 4096; page++) {
        FaultyDisk bad = disk.afterCrash(Loss.NOTHING, new Random(1));
        bad.flipBit(copy, (page * 4096 + 100) * 8);
        try {
          Store.rebuildIndex(bad, false);
        } catch (CorruptStoreException | OlderStateException e) {
          continue;
        }
        rebuilt++;
        verify(bad);
      }
    }
    assertTrue(rebuilt > 10, rebuilt + " times");
  }

  /** Looked for in a copy: a store that is open renames its spare segments when it likes. */
  private static String lastWithGroups(FaultyDisk open) throws IOException {
    FaultyDisk disk = open.afterProcessDeath();
    List<String> names = disk.list("log");
    names.removeIf(name -> !name.endsWith(".seg") || !hasGroup(disk, "log/" + name));
    return "log/" + names.get(names.size() - 1);
  }

  private static boolean hasGroup(FaultyDisk disk, String name) {
    try {
      return ByteBuffer.wrap(disk.contents(name)).getLong(4096) == 0x42524e444c475250L;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What became of the segment at whose position the older state's log ended. */
  private enum Cleaning {
    REWRITTEN,
    GONE
  }

  /** The log goes on behind all segments then, and what is written there is there. */
  @ParameterizedTest
  @EnumSource
  void olderState_whoseSegmentWasCleanedSince_isTakenAndGoesOn(Cleaning cleaning)
      throws IOException {
    StoreOptions small = new StoreOptions(4L << 20, 1L << 20, 4L << 20, 3_600_000, 64);
    Store.create(disk, small);
    Backup backup;
    String segment;
    try (Store store = Store.open(disk, small)) {
      WritableFileTree tree = store.open(store.createVolume(Name.of("main"), 0, 0).id());
      fsync(tree, "kept", new byte[300_000]);
      fsync(tree, "doomed", new byte[100_000]);
      String last = cleaning == Cleaning.REWRITTEN ? "small" : "doomed too";
      fsync(tree, last, new byte[cleaning == Cleaning.REWRITTEN ? 10_000 : 250_000]);
      store.checkpoint();
      segment = lastWithGroups(disk);
      backup = Backup.of(disk, "index.db", "checkpoints/0.journal");
      tree.unlink(FileTree.ROOT_INODE, Name.of("doomed"));
      if (cleaning == Cleaning.GONE) {
        tree.unlink(FileTree.ROOT_INODE, Name.of(last));
      }
      for (int i = 0; i < 10; i++) {
        fsync(tree, "other" + i, bytes(i));
        store.checkpoint();
        store.reclaim();
      }
    }
    assertEquals(cleaning == Cleaning.REWRITTEN, disk.exists(segment));
    if (cleaning == Cleaning.REWRITTEN) {
      assertTrue(disk.contents(segment).length < 64 * 4096, "the segment was rewritten");
    }
    backup.putBack(disk);
    FaultyDisk lost = disk.afterCrash(Loss.NOTHING, new Random(1));
    lost.delete("index.db");
    assertThrows(OlderStateException.class, () -> Store.rebuildIndex(lost, false));
    assertTrue(Store.rebuildIndex(lost, true).older());
    FaultyDisk at = lost;
    for (int time = 0; time < 3; time++) {
      try (Store store = Store.open(at, small)) {
        WritableFileTree tree = store.open(store.volume("main").id());
        assertEquals(300_000, read(tree, "kept").length);
        for (int i = 0; i < time; i++) {
          assertArrayEquals(bytes(i), read(tree, "new" + i));
        }
        fsync(tree, "new" + time, bytes(time));
        at = at.afterCrash(Loss.ALL_UNSYNCED, new Random(time));
      }
    }
  }

  /** Without its note the log still has redo that a later checkpoint came before. */
  @Test
  void olderIndex_isSeenByTheRedoBehindIt() throws IOException {
    Store.create(disk, OPTIONS);
    FaultyDisk old;
    try (Store store = Store.open(disk, OPTIONS)) {
      WritableFileTree tree = store.open(store.createVolume(Name.of("main"), 0, 0).id());
      store.checkpoint();
      Backup backup = Backup.of(disk, "index.db", "checkpoints/0.journal");
      for (int i = 0; i < 4; i++) {
        fsync(tree, "file" + i, i);
        store.checkpoint();
      }
      fsync(tree, "last", 9);
      old = disk.afterCrash(Loss.NOTHING, new Random(1));
      backup.putBack(old);
    }
    old.flipBit("log/0000000000000001.seg", (long) OPTIONS.segmentBlocks() * 4096 * 8 + 300);
    CorruptStoreException refused =
        assertThrows(CorruptStoreException.class, () -> Store.open(old, OPTIONS));
    assertTrue(refused.getMessage().contains("old one"), refused.getMessage());
  }

  /** What nobody synced is no promise: a crash that takes the note leaves an index that opens. */
  @Test
  void note_isNeverAheadOfTheIndex_whereverACrashComes() throws IOException {
    Store.create(disk, OPTIONS);
    List<FaultyDisk> crashed = new ArrayList<>();
    try (Store store = Store.open(disk, OPTIONS)) {
      WritableFileTree tree = store.open(store.createVolume(Name.of("main"), 0, 0).id());
      disk.observe(
          operation -> {
            for (Loss loss : Loss.values()) {
              crashed.add(disk.afterCrash(loss, new Random(operation)));
            }
          });
      for (int i = 0; i < 3; i++) {
        fsync(tree, "file" + i, i);
        store.checkpoint();
      }
      disk.observe(null);
    }
    for (FaultyDisk each : crashed) {
      Store.open(each, OPTIONS).close();
    }
    assertTrue(crashed.size() > 40);
  }
}
