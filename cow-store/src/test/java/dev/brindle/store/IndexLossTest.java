package dev.brindle.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.check.Check;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A store of which everything called {@code index.*} is lost, and more. */
final class IndexLossTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults();
  private static final Name DATA = Name.of("data");

  private final FaultyDisk disk = new FaultyDisk();

  private static byte[] bytes(int seed) {
    byte[] bytes = new byte[300_000];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** A volume, a snapshot of it, a clone of that, and what came behind the last checkpoint. */
  private void fill() throws IOException {
    Store.create(disk, OPTIONS);
    Store store = Store.open(disk, OPTIONS);
    VolumeInfo volume = store.createVolume(Name.of("main"), 0, 0);
    write(store.open(volume.id()), DATA, bytes(1));
    SnapshotInfo snapshot = store.createSnapshot(volume.id(), Name.of("monday"));
    VolumeInfo clone = store.cloneSnapshot(snapshot.version(), Name.of("try"));
    store.checkpoint();
    write(store.open(volume.id()), Name.of("later"), bytes(2));
    write(store.open(clone.id()), Name.of("in-clone"), bytes(3));
    store.createSnapshot(volume.id(), Name.of("tuesday"));
    store.sync();
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
    Store.rebuildIndex(crashed);
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
      Store.rebuildIndex(crashed);
      verify(crashed);
    }
    FaultyDisk damaged = disk.afterCrash(new Random(2));
    damaged.flipBit("superblock", 200);
    IndexLostException refused =
        assertThrows(IndexLostException.class, () -> Store.open(damaged, OPTIONS));
    assertTrue(refused.getMessage().contains("--rebuild-index"), refused.getMessage());
    Store.rebuildIndex(damaged);
    verify(damaged);
  }

  /** What an interrupted creation left may be deleted by the next one; what was a store may not. */
  @Test
  void storeWithoutItsSuperblock_isNotTakenForAnUnfinishedOne() throws IOException {
    fill();
    FaultyDisk crashed = disk.afterCrash(new Random(1));
    crashed.delete("superblock");
    assertThrows(FileAlreadyExistsException.class, () -> Store.create(crashed, OPTIONS));
    Store.rebuildIndex(crashed);
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
    assertThrows(CorruptStoreException.class, () -> Store.rebuildIndex(lost));
    lost.delete("index.db");
    assertThrows(CorruptStoreException.class, () -> Store.rebuildIndex(lost));
    lost.delete("superblock");
    assertThrows(NoSuchFileException.class, () -> Store.rebuildIndex(lost));
  }
}
