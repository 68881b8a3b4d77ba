package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.Store;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.XattrMode;
import dev.brindle.store.check.Check;
import dev.brindle.store.check.Repair;
import dev.brindle.store.check.RepairReport;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.index.Index;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Records of the index that rot while the store is open, and of which no copy is sound: the store
 * goes on, and a repair after the next opening puts right what is left to be.
 */
final class RotUnderOpenStoreTest {
  /** Of the nodes, one in so many is tried. */
  private static final int STEP = Boolean.getBoolean("brindle.full") ? 1 : 12;

  private static final int PAGE = 4096;

  /** The places of MapDB's pages: a header and a page of checksums before each 1,023 of them. */
  private static final int COVERED = PAGE / 4 - 1;

  /** The first record is that of the tables' names. */
  private static final long FIRST_TABLE_RECORD = 3;

  private final FaultyDisk disk = new FaultyDisk();

  @BeforeEach
  void fill() throws IOException {
    Store.create(disk, CrashRun.OPTIONS);
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      long volume = store.createVolume(name("volume"), 0, 0).id();
      WritableFileTree tree = store.open(volume);
      long many = directory(tree, "many");
      for (int i = 0; i < 60; i++) {
        write(tree, file(tree, many, "file " + i), 0, pattern(i % 5 == 0 ? 20_000 : 200, i));
        store.createSnapshot(volume, name("snapshot " + i));
      }
      long attributed = file(tree, "attributed");
      tree.setxattr(attributed, name("user.long"), pattern(40_000, 7), XattrMode.CREATE);
    }
  }

  /** A record's page, and its copies: no image of it is sound any more. */
  private static void rot(FaultyDisk disk, long record) throws IOException {
    int page = (1 << 20) / PAGE + 2 * (int) (record - 1);
    int place = 2 + page / COVERED * (COVERED + 1) + page % COVERED;
    disk.flipBit("index.db", (long) place * PAGE * 8 + 99);
    for (String name : disk.list("checkpoints")) {
      try (DiskFile file = disk.open("checkpoints/" + name, OpenMode.READ_WRITE)) {
        file.write(PAGE, ByteBuffer.allocate((int) Math.max(0, file.length() - PAGE)));
      }
    }
  }

  private static List<Long> tableRecords(Store store) throws IOException {
    Set<Long> nodes = new HashSet<>();
    Index index = store.parts().index();
    index.forEachRecord(nodes::add);
    List<Long> found = new ArrayList<>();
    for (long record = FIRST_TABLE_RECORD; record < 3L * nodes.size() + 100; record++) {
      if (!nodes.contains(record) && isThere(index, record)) {
        found.add(record);
      }
    }
    return found;
  }

  private static boolean isThere(Index index, long record) {
    try {
      return index.get(record).length > 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static RepairReport repair(FaultyDisk of) throws IOException {
    try (Store store = Store.openAtRest(of, CrashRun.OPTIONS)) {
      return Repair.run(store);
    }
  }

  @Test
  void anyRecordOfATable_rotten_stopsNothing_andIsMendedByTheNextOpening() throws IOException {
    List<Long> records;
    try (Store store = Store.open(disk.afterProcessDeath(), CrashRun.OPTIONS)) {
      records = tableRecords(store);
    }
    assertTrue(records.size() >= 6, records::toString);
    for (long record : records) {
      FaultyDisk rotten = disk.afterProcessDeath();
      try (Store store = Store.open(rotten, CrashRun.OPTIONS)) {
        rot(rotten, record);
        long volume = store.volume("volume").id();
        for (SnapshotInfo snapshot : store.snapshots(volume).subList(3, 9)) {
          store.deleteSnapshot(snapshot.version());
        }
        WritableFileTree tree = store.open(volume);
        tree.fsync(file(tree, "new", "text"), false);
        store.createSnapshot(volume, name("new"));
        store.reclaim();
        assertNull(store.status().readOnlyReason(), () -> "record " + record);
      }
      assertEquals(List.of(), repair(rotten).remaining());
      try (Store store = Store.open(rotten, CrashRun.OPTIONS)) {
        assertEquals(List.of(), Check.run(store, true).problems());
        assertEquals(55, store.snapshots(store.volume("volume").id()).size());
      }
    }
  }

  private static long longRecord(Store store) throws IOException {
    List<Long> found = new ArrayList<>();
    Index index = store.parts().index();
    index.forEachRecord(
        record -> {
          try {
            if (index.get(record).length > 30_000) {
              found.add(record);
            }
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    assertEquals(1, found.size());
    return found.get(0);
  }

  /** A long record whose beginning rots no longer says which units it has. */
  @Test
  void aLongRecord_rotten_canBeReplaced_andItsSpaceComesBack() throws IOException {
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      WritableFileTree tree = store.open(store.volume("volume").id());
      long attributed = tree.lookup(ROOT, name("attributed")).inode();
      assertArrayEquals(pattern(40_000, 7), tree.getxattr(attributed, name("user.long")));
      rot(disk, longRecord(store));
      tree.setxattr(attributed, name("user.long"), pattern(100, 8), XattrMode.REPLACE);
      store.checkpoint();
      assertNull(store.status().readOnlyReason());
      List<String> problems = Check.run(store, false).problems();
      assertEquals(List.of("4 units of index.db belong to no record"), problems);
    }
    assertEquals(List.of(), repair(disk).remaining());
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      assertEquals(List.of(), Check.run(store, true).problems());
      WritableFileTree tree = store.open(store.volume("volume").id());
      long attributed = tree.lookup(ROOT, name("attributed")).inode();
      assertArrayEquals(pattern(100, 8), tree.getxattr(attributed, name("user.long")));
    }
  }

  @Test
  void aLongRecord_rotten_isTakenOutByARepair() throws IOException {
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      rot(disk, longRecord(store));
    }
    RepairReport report = repair(disk);
    assertEquals(List.of(), report.remaining());
    assertTrue(report.deeds().stream().anyMatch(deed -> deed.contains("was left out")));
    assertEquals(List.of(), repair(disk).deeds());
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      assertEquals(List.of(), Check.run(store, true).problems());
      WritableFileTree tree = store.open(store.volume("volume").id());
      long attributed = tree.lookup(ROOT, name("attributed")).inode();
      assertEquals(List.of(), tree.listxattr(attributed));
    }
  }

  /** A node of a tree costs what is under it, and what is written meanwhile is there. */
  @Test
  void anyNodeOfATree_rotten_failsWhoNeedsIt_andNoCheckpoint() throws IOException {
    List<Long> nodes = new ArrayList<>();
    try (Store store = Store.open(disk.afterProcessDeath(), CrashRun.OPTIONS)) {
      store.parts().index().forEachRecord(nodes::add);
    }
    for (int i = 0; i < nodes.size(); i += STEP) {
      long node = nodes.get(i);
      FaultyDisk rotten = disk.afterProcessDeath();
      TreeSet<String> written = new TreeSet<>();
      try (Store store = Store.open(rotten, CrashRun.OPTIONS)) {
        rot(rotten, node);
        WritableFileTree tree = store.open(store.volume("volume").id());
        for (String file : List.of("new", "other", "third")) {
          try {
            tree.fsync(file(tree, file, "text"), false);
            written.add(file);
          } catch (CorruptStoreException e) {
            assertTrue(e.getMessage().startsWith("damaged store file index.db"), e::getMessage);
          }
        }
        store.checkpoint();
        assertNull(store.status().readOnlyReason(), () -> "node " + node);
      }
      assertEquals(List.of(), repair(rotten).remaining());
      try (Store store = Store.open(rotten, CrashRun.OPTIONS)) {
        assertEquals(List.of(), Check.run(store, true).problems());
        WritableFileTree tree = store.open(store.volume("volume").id());
        for (String file : written) {
          assertEquals("text".length(), tree.lookup(ROOT, name(file)).size());
        }
      }
    }
  }
}
