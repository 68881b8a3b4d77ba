package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.XattrMode;
import dev.brindle.store.check.Check;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.StallingDisk;
import dev.brindle.store.tree.NodeStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The host's disk, or the owner's quota, is full: what still works, and how room comes back. */
class FullDiskTest {
  private static final StoreOptions OPTIONS = CrashRun.OPTIONS;
  private static final int FILE_BYTES = 200_000;
  private static final long CAPACITY = 40L << 20;

  /** What is dirty waits until a checkpoint is asked for, up to 32 MiB. */
  private static final StoreOptions MANY_NODES =
      new StoreOptions(64L << 20, 1L << 20, 4L << 20, 3_600_000, 64);

  private static final long ROOM = 48L << 20;
  private static final int MARKED_MAX = 10_000;
  private static final Name MARK = name("user.mark");

  /**
   * Writes files until one is refused; those before it are fsynced. The refused one goes: its data
   * would not fit when the store is closed either.
   */
  private static List<Long> fill(WritableFileTree tree, String prefix, Errno expected)
      throws IOException {
    List<Long> files = new ArrayList<>();
    while (true) {
      try {
        long file = file(tree, prefix + files.size());
        write(tree, file, 0, pattern(FILE_BYTES, files.size()));
        tree.fsync(file, false);
        files.add(file);
      } catch (FileSystemException e) {
        assertEquals(expected, e.errno());
        removeIfThere(tree, name(prefix + files.size()));
        return files;
      }
    }
  }

  private static void removeIfThere(WritableFileTree tree, Name name) throws IOException {
    try {
      tree.unlink(ROOT, name);
    } catch (FileSystemException e) {
      assertEquals(Errno.ENOENT, e.errno());
    }
  }

  private static void verify(WritableFileTree tree, List<Long> files, int from) throws IOException {
    for (int i = from; i < files.size(); i++) {
      assertArrayEquals(
          pattern(FILE_BYTES, i), read(tree, files.get(i), 0, FILE_BYTES + 1), "file " + i);
    }
  }

  @Test
  void fullDisk_refusesWritersOnly_andDeletionsGiveRoomBack() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    disk.setCapacity(CAPACITY);
    Store.create(disk, OPTIONS);
    try (Store store = Store.open(disk, OPTIONS)) {
      long volume = store.createVolume(name("volume"), 0, 0).id();
      WritableFileTree tree = store.open(volume);
      List<Long> files = fill(tree, "first ", Errno.ENOSPC);
      long snapshot = 0;
      assertTrue(files.size() > 50, "files: " + files.size());
      for (int i = 0; i < files.size() / 4; i++) {
        tree.unlink(ROOT, name("first " + i));
      }
      store.reclaim();
      snapshot = store.createSnapshot(volume, name("snapshot")).version();
      List<Long> more = fill(tree, "second ", Errno.ENOSPC);
      assertTrue(more.size() > 10, "files in the room that came back: " + more.size());
      verify(tree, files, files.size() / 4);
      long usedBefore = disk.usedBytes();
      for (int i = files.size() / 4; i < files.size(); i++) {
        tree.unlink(ROOT, name("first " + i));
      }
      store.deleteSnapshot(snapshot);
      store.reclaim();
      assertTrue(usedBefore - disk.usedBytes() > CAPACITY / 4, "the host has room again");
      List<Long> third = fill(tree, "third ", Errno.ENOSPC);
      assertTrue(third.size() > 20, "files: " + third.size());
      assertNull(store.status().readOnlyReason());
      verify(tree, more, 0);
      verify(tree, third, 0);
      assertEquals(List.of(), Check.run(store, true).problems());
    }
    try (Store store = Store.open(disk, OPTIONS)) {
      assertEquals(List.of(), Check.run(store, true).problems());
    }
  }

  /** Segments that died are left for those to come, and what is made needs the index's room. */
  @Test
  void diskFilledByOthers_whileDeadSegmentsAreLeft_losesNothing() throws Exception {
    FaultyDisk disk = new FaultyDisk();
    Store.create(disk, OPTIONS);
    List<Name> made = new ArrayList<>();
    long volume;
    try (Store store = Store.open(disk, OPTIONS)) {
      volume = store.createVolume(name("volume"), 0, 0).id();
      WritableFileTree tree = store.open(volume);
      fillWithOneFile(tree, CAPACITY);
      tree.unlink(ROOT, name("large"));
      store.checkpoint();
      // the cleaner passes, and leaves them
      Thread.sleep(500);
      assertTrue(disk.usedBytes() > CAPACITY / 2, "no dead segments are left");
      disk.setCapacity(disk.usedBytes());
      makeUntilRefused(tree, made);
    }
    disk.setCapacity(Long.MAX_VALUE);
    try (Store store = Store.open(disk, OPTIONS)) {
      WritableFileTree tree = store.open(volume);
      for (Name name : made) {
        tree.lookup(ROOT, name);
      }
      assertEquals(List.of(), Check.run(store, true).problems());
    }
  }

  private static void fillWithOneFile(WritableFileTree tree, long bytes) throws IOException {
    long file = file(tree, "large");
    for (long at = 0; at < bytes; at += FILE_BYTES) {
      write(tree, file, at, pattern(FILE_BYTES, (int) at));
    }
    tree.fsync(file, false);
  }

  private static void makeUntilRefused(WritableFileTree tree, List<Name> made) throws IOException {
    try {
      for (int i = 0; i < 3_000; i++) {
        String small = "small " + i + "x".repeat(80);
        write(tree, file(tree, small), 0, pattern(1_000, i));
        made.add(name(small));
      }
    } catch (FileSystemException e) {
      assertEquals(Errno.ENOSPC, e.errno());
    }
  }

  @Test
  void diskFilledByOthers_toTheLastByte_harmsNothing() throws IOException {
    for (int step = 0; step < 24; step++) {
      FaultyDisk disk = new FaultyDisk();
      Store.create(disk, OPTIONS);
      try (Store store = Store.open(disk, OPTIONS)) {
        long volume = store.createVolume(name("volume"), 0, 0).id();
        WritableFileTree tree = store.open(volume);
        List<Long> files = new ArrayList<>();
        for (int i = 0; i < step; i++) {
          files.add(file(tree, "file " + i));
          write(tree, files.get(i), 0, pattern(FILE_BYTES, i));
        }
        disk.setCapacity(disk.usedBytes());
        FileSystemException refused =
            assertThrows(FileSystemException.class, () -> fillUnsynced(tree));
        assertEquals(Errno.ENOSPC, refused.errno());
        verify(tree, files, 0);
        disk.setCapacity(Long.MAX_VALUE);
        store.sync();
        store.checkpoint();
        assertNull(store.status().readOnlyReason());
        verify(tree, files, 0);
        assertEquals(List.of(), Check.run(store, true).problems());
      }
    }
  }

  private static void fillUnsynced(WritableFileTree tree) throws IOException {
    for (int i = 0; ; i++) {
      long file = file(tree, "more " + i);
      write(tree, file, 0, pattern(FILE_BYTES, i));
      tree.fsync(file, false);
    }
  }

  /** What a checkpoint is writing needs room that the host does not know of yet. */
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void diskFilledWhileACheckpointIsHeldUp_takesAllThatWasAcknowledged() throws Exception {
    FaultyDisk disk = new FaultyDisk();
    StallingDisk stalling = new StallingDisk(disk);
    makeNodes(disk);
    ExecutorService threads = Executors.newFixedThreadPool(1);
    int marked = 0;
    try (Store store = Store.open(stalling, MANY_NODES)) {
      NodeStore nodes = store.parts().nodes();
      WritableFileTree tree = store.open(store.volume("volume").id());
      disk.setCapacity(disk.usedBytes() + ROOM);
      while (nodes.dirtyBytes() < ROOM / 4) {
        mark(tree, marked++);
      }
      stalling.stall();
      try {
        Future<?> checkpoint = threads.submit(() -> checkpoint(store));
        while (nodes.dirtyBytes() > 0) {
          Thread.sleep(1);
        }
        marked = markUntilRefused(tree, marked);
        stalling.goOn();
        checkpoint.get();
      } finally {
        stalling.goOn();
      }
      store.checkpoint();
      assertNull(store.status().readOnlyReason());
    } finally {
      threads.shutdown();
    }
    disk.setCapacity(Long.MAX_VALUE);
    try (Store store = Store.open(disk, MANY_NODES)) {
      WritableFileTree tree = store.open(store.volume("volume").id());
      for (int i = 0; i < marked; i++) {
        tree.getxattr(tree.lookup(ROOT, name("file " + i)).inode(), MARK);
      }
      assertEquals(List.of(), Check.run(store, true).problems());
    }
  }

  /**
   * A store with nodes of two or three files each, that are a snapshot's, too: each is copied when
   * it changes, and both take room. There is nothing that a checkpoint could give up for it.
   */
  private static void makeNodes(FaultyDisk disk) throws IOException {
    Store.create(disk, MANY_NODES);
    try (Store store = Store.open(disk, MANY_NODES)) {
      long volume = store.createVolume(name("volume"), 0, 0).id();
      WritableFileTree tree = store.open(volume);
      for (int i = 0; i < MARKED_MAX; i++) {
        long file = file(tree, "file " + i);
        tree.setxattr(file, name("user.large"), pattern(3_000, i), XattrMode.CREATE);
      }
      store.createSnapshot(volume, name("snapshot"));
      store.reclaim();
    }
    for (String copy : disk.list("checkpoints")) {
      disk.delete("checkpoints/" + copy);
    }
  }

  private static Void checkpoint(Store store) throws IOException {
    store.checkpoint();
    return null;
  }

  private static void mark(WritableFileTree tree, int i) throws IOException {
    long file = tree.lookup(ROOT, name("file " + i)).inode();
    tree.setxattr(file, MARK, new byte[1], XattrMode.CREATE);
  }

  /** How many files are marked then, with those before. */
  private static int markUntilRefused(WritableFileTree tree, int marked) throws IOException {
    int next = marked;
    try {
      while (next < MARKED_MAX) {
        mark(tree, next);
        next++;
      }
    } catch (FileSystemException e) {
      assertEquals(Errno.ENOSPC, e.errno());
    }
    return next;
  }

  /** A quota is not seen in the disk's free space: the host refuses, and says so. */
  @Test
  void exceededQuota_isToldAsSuch_andDeletionsGiveRoomBack() throws Exception {
    FaultyDisk disk = new FaultyDisk();
    Store.create(disk, OPTIONS);
    try (Store store = Store.open(disk, OPTIONS)) {
      long volume = store.createVolume(name("volume"), 0, 0).id();
      WritableFileTree tree = store.open(volume);
      disk.setQuota(disk.usedBytes() + (6L << 20));
      List<Long> files = fill(tree, "first ", Errno.EDQUOT);
      assertTrue(files.size() > 10, "files: " + files.size());
      verify(tree, files, 0);
      for (int i = 0; i < files.size(); i++) {
        tree.unlink(ROOT, name("first " + i));
      }
      disk.setQuota(disk.usedBytes() + (1L << 20));
      store.reclaim();
      disk.setQuota(disk.usedBytes() + (6L << 20));
      Thread.sleep(300); // a refusal is believed for a while
      assertTrue(fill(tree, "second ", Errno.EDQUOT).size() > 10);
      assertNull(store.status().readOnlyReason());
      disk.setQuota(Long.MAX_VALUE);
      assertEquals(List.of(), Check.run(store, true).problems());
    }
  }
}
