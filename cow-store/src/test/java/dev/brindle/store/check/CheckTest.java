package dev.brindle.store.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import dev.brindle.store.version.ReapProgress;
import dev.brindle.store.version.VersionAudit;
import dev.brindle.store.version.VersionAudit.Form;
import dev.brindle.store.version.VersionTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sound stores of all kinds are found sound. */
class CheckTest {
  private static final StoreOptions OPTIONS =
      StoreOptions.defaults().withSegmentBlocks(1024).withCheckpointIntervalMillis(3_600_000);

  @TempDir Path directory;

  private static void assertSound(Store store) throws IOException {
    CheckReport report = Check.run(store, true);
    assertEquals(List.of(), report.problems());
  }

  @Test
  void run_emptyStore_isSound() throws IOException {
    Store.create(directory, OPTIONS);
    try (Store store = Store.open(directory, OPTIONS)) {
      assertSound(store);
      store.createVolume(Name.of("main"), 1, 2);
      assertSound(store);
    }
  }

  @Test
  void run_countsWhatIsThere() throws IOException {
    Store.create(directory, OPTIONS);
    try (Store store = Store.open(directory, OPTIONS)) {
      WritableFileTree tree = store.open(store.createVolume(Name.of("main"), 1, 2).id());
      long file =
          tree.create(FileTree.ROOT_INODE, Name.of("f"), FileMode.REGULAR | 0644, 1, 1, 0).inode();
      tree.write(file, 0, ByteBuffer.allocate(10 * 4096));
      store.createSnapshot(store.volume("main").id(), Name.of("s"));
      CheckReport report = Check.run(store, true);
      assertEquals(List.of(), report.problems());
      assertEquals(2, report.versions());
      assertEquals(2, report.inodes());
      assertEquals(10 * 4096, report.dataBytes());
      assertTrue(report.extents() >= 1 && report.nodes() >= 1, report.toString());
    }
  }

  @Test
  void run_randomHistories_areSoundAlsoWhileVersionsAreFreed() throws IOException {
    long seed = Long.getLong("brindle.check.seed", System.nanoTime());
    System.out.println("check histories, seed " + seed);
    Random random = new Random(seed);
    Store.create(directory, OPTIONS);
    Store store = Store.open(directory, OPTIONS);
    try {
      store.createVolume(Name.of("main"), 1, 1);
      for (int round = 0; round < 40; round++) {
        for (int i = 0; i < 40; i++) {
          operation(store, random, round * 1000 + i);
        }
        assertSound(store);
        if (round % 10 == 9) {
          store.reclaim();
          assertSound(store);
          store.close();
          store = Store.open(directory, OPTIONS);
          assertSound(store);
        }
      }
    } catch (Throwable e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    } finally {
      store.close();
    }
  }

  /** Fills a volume with files that each have an extent. */
  private static void fill(WritableFileTree tree, String prefix, int files) throws IOException {
    for (int i = 0; i < files; i++) {
      long file =
          tree.create(FileTree.ROOT_INODE, Name.of(prefix + i), FileMode.REGULAR | 0644, 1, 1, 0)
              .inode();
      tree.write(file, 0, ByteBuffer.allocate(4096));
    }
  }

  /**
   * Frees what a deletion leaves in small steps and checks between them.
   *
   * @param store at rest: its own thread would free as well, and is quick
   */
  private static Set<Form> assertSoundWhileReaping(Store store, Deletion deletion)
      throws IOException {
    VersionTree versions = store.parts().versions();
    deletion.run();
    Set<Form> seen = EnumSet.noneOf(Form.class);
    ReapProgress progress = ReapProgress.MORE;
    while (progress != ReapProgress.IDLE) {
      try (VersionAudit audit = versions.audit()) {
        audit.versions().forEach(version -> seen.add(audit.form(version)));
        assertSound(store);
      }
      progress = versions.reapStep(300);
      if (progress == ReapProgress.SPLICE) {
        versions.splice();
      }
    }
    assertSound(store);
    return seen;
  }

  private interface Deletion {
    void run() throws IOException;
  }

  @Test
  void run_whileASnapshotIsFreedIntoItsChild_isSound() throws IOException {
    Store.create(directory, OPTIONS);
    try (Store store = Store.openAtRest(directory, OPTIONS)) {
      long volume = store.createVolume(Name.of("main"), 1, 1).id();
      WritableFileTree tree = store.open(volume);
      fill(tree, "old", 1000);
      store.createSnapshot(volume, Name.of("first"));
      fill(tree, "f", 4000);
      SnapshotInfo snapshot = store.createSnapshot(volume, Name.of("second"));
      for (int i = 0; i < 4000; i++) {
        tree.unlink(FileTree.ROOT_INODE, Name.of("f" + i));
        if (i < 1000) {
          tree.unlink(FileTree.ROOT_INODE, Name.of("old" + i));
        }
      }
      Set<Form> seen =
          assertSoundWhileReaping(store, () -> store.deleteSnapshot(snapshot.version()));
      assertTrue(seen.contains(Form.HOLLOW), seen.toString());
    }
  }

  @Test
  void run_whileAVolumeIsFreed_isSound() throws IOException {
    Store.create(directory, OPTIONS);
    try (Store store = Store.openAtRest(directory, OPTIONS)) {
      long volume = store.createVolume(Name.of("main"), 1, 1).id();
      fill(store.open(volume), "f", 1000);
      VolumeInfo clone = store.cloneVolume(volume, Name.of("c"));
      fill(store.open(clone.id()), "g", 4000);
      Set<Form> seen =
          assertSoundWhileReaping(
              store, () -> store.deleteVolume(clone.id(), CloneDisposition.REFUSE));
      assertTrue(seen.contains(Form.REMNANT), seen.toString());
    }
  }

  private static <T> T any(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static void operation(Store store, Random random, int serial) throws IOException {
    VolumeInfo volume = any(random, store.volumes());
    Name name = Name.of("n" + serial);
    List<SnapshotInfo> snapshots = store.snapshots(volume.id());
    try {
      switch (random.nextInt(30)) {
        case 0, 1, 2 -> store.createSnapshot(volume.id(), name);
        case 3 -> store.cloneVolume(volume.id(), name);
        case 4, 5 -> {
          if (!snapshots.isEmpty()) {
            store.cloneSnapshot(any(random, snapshots).version(), name);
          }
        }
        case 6, 7, 8 -> {
          if (!snapshots.isEmpty()) {
            store.deleteSnapshot(any(random, snapshots).version());
          }
        }
        case 9 -> {
          if (store.volumes().size() > 3) {
            store.deleteVolume(volume.id(), CloneDisposition.DETACH);
          }
        }
        default -> fileOperation(store.open(volume.id()), random, name);
      }
    } catch (FileSystemException e) {
      assertTrue(e.errno() != null);
    }
  }

  private static void fileOperation(WritableFileTree tree, Random random, Name name)
      throws IOException {
    List<long[]> inodes = new ArrayList<>();
    List<Name> names = new ArrayList<>();
    long directory = FileTree.ROOT_INODE;
    for (int depth = random.nextInt(3); depth >= 0; depth--) {
      inodes.clear();
      names.clear();
      tree.readdir(
          directory,
          0,
          (entry, inode, mode, cookie) -> {
            inodes.add(new long[] {inode, mode});
            names.add(entry);
            return true;
          });
      int pick = inodes.isEmpty() ? 0 : random.nextInt(inodes.size());
      if (depth > 0 && !inodes.isEmpty() && FileMode.isDirectory((int) inodes.get(pick)[1])) {
        directory = inodes.get(pick)[0];
      }
    }
    int pick = inodes.isEmpty() ? -1 : random.nextInt(inodes.size());
    long inode = pick < 0 ? directory : inodes.get(pick)[0];
    Name old = pick < 0 ? name : names.get(pick);
    long offset = random.nextInt(50) * 4096L + random.nextInt(2) * 77;
    switch (random.nextInt(16)) {
      case 0, 1, 2 -> {
        long file = tree.create(directory, name, FileMode.REGULAR | 0644, 1, 1, 0).inode();
        tree.write(file, 0, bytes(random, random.nextInt(9000)));
      }
      case 3, 4 -> tree.mkdir(directory, name, 0755, 1, 1);
      case 5 -> tree.symlink(directory, name, new byte[] {'x', 'y'}, 1, 1);
      case 6 -> tree.link(inode, directory, name);
      case 7 -> tree.unlink(directory, old);
      case 8 -> tree.rmdir(directory, old);
      case 9 -> tree.rename(directory, old, FileTree.ROOT_INODE, name, RenameMode.REPLACE);
      case 10, 11, 12 -> tree.write(inode, offset, bytes(random, 1 + random.nextInt(70_000)));
      case 13 ->
          tree.setattr(inode, dev.brindle.store.AttributeChange.ofSize(random.nextInt(100_000)));
      case 14 ->
          tree.setxattr(inode, Name.of("user.a"), new byte[100], XattrMode.CREATE_OR_REPLACE);
      default ->
          tree.fallocate(inode, any(random, List.of(FallocateMode.values())), offset, 30_000);
    }
  }

  private static ByteBuffer bytes(Random random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }
}
