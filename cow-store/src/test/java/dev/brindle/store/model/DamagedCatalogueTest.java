package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileTree;
import dev.brindle.store.Store;
import dev.brindle.store.StoreId;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.check.Check;
import dev.brindle.store.check.Repair;
import dev.brindle.store.check.RepairReport;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.index.Index;
import dev.brindle.store.index.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The tables of the index are damaged, and no copy of a page mends them: a row that is lost in one
 * of its places costs nothing; of those that are lost in both, a repair makes anew what it can.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DamagedCatalogueTest {
  private static final int TABLES_RECORD = 2;
  private static final int SETS = Boolean.getBoolean("brindle.full") ? 2_000 : 40;
  private static final List<String> TABLES = List.of("versions", "volumes", "counters");

  private final FaultyDisk made = new FaultyDisk();
  private StoreId id = new StoreId(0, 0);
  private Map<String, String> sound = Map.of();
  private Map<Long, Map<String, String>> byVersion = Map.of();

  @BeforeAll
  void makeStore() throws IOException {
    Store.create(made, CrashRun.OPTIONS);
    try (Store store = Store.open(made, CrashRun.OPTIONS)) {
      id = store.parts().superblock().store();
      long main = store.createVolume(name("main"), 0, 0).id();
      WritableFileTree tree = store.open(main);
      fill(tree, 120);
      share(tree, tree, 1);
      long first = store.createSnapshot(main, name("first")).version();
      change(tree, 3);
      share(store.openSnapshot(first), tree, 2);
      long gone = store.createSnapshot(main, name("gone")).version();
      change(tree, 4);
      long second = store.createSnapshot(main, name("second")).version();
      long clone = store.cloneSnapshot(first, name("clone")).id();
      change(store.open(clone), 5);
      share(tree, store.open(clone), 3);
      store.createSnapshot(clone, name("of clone"));
      change(store.open(clone), 7);
      store.cloneSnapshot(second, name("untouched"));
      long live = store.cloneVolume(main, name("of live")).id();
      change(store.open(live), 11);
      change(tree, 6);
      store.createSnapshot(main, name("last"));
      store.deleteSnapshot(gone);
      long other = store.createVolume(name("other"), 0, 0).id();
      fill(store.open(other), 30);
      share(store.openSnapshot(second), store.open(other), 4);
      share(store.open(clone), tree, 5);
      store.reclaim();
    }
    try (Store store = Store.open(made, CrashRun.OPTIONS)) {
      sound = Map.copyOf(DamageSurvey.of(store));
      byVersion = Map.copyOf(DamageSurvey.byVersion(store));
    }
  }

  private static void fill(WritableFileTree tree, int files) throws IOException {
    long many = directory(tree, "many");
    for (int i = 0; i < files; i++) {
      write(tree, file(tree, many, "file " + i), 0, pattern(i % 7 == 0 ? 20_000 : 300, i));
    }
  }

  private static void change(WritableFileTree tree, int step) throws IOException {
    long many = tree.lookup(ROOT, name("many")).inode();
    for (int i = 0; i < 120; i += step) {
      write(tree, tree.lookup(many, name("file " + i)).inode(), 4_000, pattern(5_000, step * i));
    }
  }

  /**
   * Has files of one tree share blocks with those of another; here none do.
   *
   * @param step a number of its own for each call
   */
  void share(FileTree from, WritableFileTree to, int step) throws IOException {}

  /** The format of the store that was made. */
  int format() throws IOException {
    try (Store store = Store.open(made.afterProcessDeath(), CrashRun.OPTIONS)) {
      return store.status().formatVersion();
    }
  }

  private interface IndexChange {
    void apply(Index index) throws IOException;
  }

  private FaultyDisk changed(IndexChange change) throws IOException {
    FaultyDisk disk = made.afterProcessDeath();
    try (Index index = Index.open(disk, id, 0)) {
      change.apply(index);
      index.freeze();
      index.write();
    }
    return disk;
  }

  // ---- One place

  /** The records that tables consist of, and the one that names them. */
  private List<Long> tableRecords() throws IOException {
    List<Long> found = new ArrayList<>();
    changed(
        index -> {
          Set<Long> others = new HashSet<>();
          index.forEachRecord(others::add);
          for (long record = 1; record < 2L * others.size() + 100; record++) {
            if (!others.contains(record) && isThere(index, record)) {
              found.add(record);
            }
          }
        });
    return found;
  }

  private static boolean isThere(Index index, long record) throws IOException {
    try {
      return index.get(record).length > 0;
    } catch (CorruptStoreException e) {
      return false;
    }
  }

  @Test
  void anyRecordOfATable_damaged_costsNothingThatCanBeRead() throws IOException {
    Random random = new Random(Long.getLong("brindle.seed", 1));
    List<Long> records = tableRecords();
    assertTrue(records.size() >= 6, records::toString);
    assertEquals(TABLES_RECORD, records.get(0));
    for (long record : records.subList(1, records.size())) {
      for (int i = 0; i < 6; i++) {
        int flip = random.nextInt(1 << 20);
        FaultyDisk disk =
            changed(
                index -> {
                  byte[] bytes = index.get(record);
                  bytes[flip / 8 % bytes.length] ^= (byte) (1 << flip % 8);
                  index.put(record, bytes);
                });
        try {
          assertOpensAndWorks(disk);
        } catch (IOException | RuntimeException | AssertionError e) {
          throw new AssertionError("record " + record + ", bit " + flip, e);
        }
      }
    }
  }

  private void assertOpensAndWorks(FaultyDisk disk) throws IOException {
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      assertEquals(new TreeSet<>(), DamageSurvey.compare(sound, store));
      long main = store.volume("main").id();
      write(store.open(main), file(store.open(main), "new"), 0, pattern(30_000, 1));
      store.open(main).unlink(ROOT, name("new"));
      store.createSnapshot(main, name("new"));
      store.deleteSnapshot(store.snapshot(main, name("new")).orElseThrow().version());
      store.reclaim();
      assertNull(store.status().readOnlyReason());
    }
    assertRepaired(disk);
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      List<String> names = store.volumes().stream().map(VolumeInfo::fullName).toList();
      assertEquals(List.of("main", "main/clone", "main/of live", "main/untouched", "other"), names);
    }
  }

  private static RepairReport assertRepaired(FaultyDisk disk) throws IOException {
    RepairReport report = repair(disk);
    assertEquals(List.of(), report.remaining());
    assertEquals(List.of(), repair(disk).deeds());
    return report;
  }

  private static RepairReport repair(FaultyDisk disk) throws IOException {
    try (Store store = Store.openAtRest(disk, CrashRun.OPTIONS)) {
      return Repair.run(store);
    }
  }

  // ---- Both places

  private record Row(String table, long key) {}

  private List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>();
    changed(
        index -> {
          for (String table : TABLES) {
            index.table(table).forEach((key, row) -> rows.add(new Row(table, key)));
          }
        });
    return rows;
  }

  private FaultyDisk without(List<Row> rows) throws IOException {
    return changed(
        index -> {
          Table second = index.table("second");
          for (Row row : rows) {
            index.table(row.table).put(row.key, new byte[] {1, 2, 3, 4, 5, 6});
            second.put(row.key * 8 + TABLES.indexOf(row.table), new byte[] {1, 2, 3, 4, 5, 6});
          }
        });
  }

  /** Returns how many versions are not there, under their number. */
  private int assertKept(FaultyDisk disk, List<Row> lost) throws IOException {
    int missing = 0;
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      assertEquals(List.of(), Check.run(store, true).problems());
      Map<Long, Map<String, String>> now = DamageSurvey.byVersion(store);
      for (Map.Entry<Long, Map<String, String>> version : byVersion.entrySet()) {
        if (!now.containsKey(version.getKey())) {
          assertTrue(lost.contains(new Row("versions", version.getKey())), version::toString);
          missing++;
        } else {
          assertEquals(version.getValue(), now.get(version.getKey()));
        }
      }
      for (VolumeInfo volume : store.volumes()) {
        store.open(volume.id()).fsync(file(store.open(volume.id()), "new", "text"), false);
        store.createSnapshot(volume.id(), name("new"));
      }
      for (VolumeInfo volume : store.volumes()) {
        if (store.volumes().stream().anyMatch(v -> v.id() == volume.id())) {
          store.deleteVolume(volume.id(), CloneDisposition.DELETE);
        }
      }
      store.reclaim();
      assertEquals(List.of(), Check.run(store, true).problems());
      assertEquals(0, store.status().liveBytes());
    }
    return missing;
  }

  @Test
  void anyRow_lostInBothPlaces_isMadeAnew() throws IOException {
    int missing = 0;
    for (Row row : rows()) {
      try {
        FaultyDisk disk = without(List.of(row));
        CorruptStoreException refused =
            assertThrows(
                CorruptStoreException.class, () -> Store.open(disk, CrashRun.OPTIONS).close());
        assertTrue(refused.getMessage().contains("--repair"), refused.getMessage());
        RepairReport report = assertRepaired(disk);
        assertTrue(report.deeds().get(0).contains(row.table), () -> report.deeds().toString());
        missing += assertKept(disk, List.of(row));
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError(row.toString(), e);
      }
    }
    assertTrue(missing <= 2, missing + " versions were not made anew");
  }

  /** True when a repair says that it cannot be done, and says it again: nothing has changed. */
  private static boolean isRefused(FaultyDisk disk) throws IOException {
    try {
      assertEquals(List.of(), repair(disk).remaining());
      return false;
    } catch (CorruptStoreException e) {
      assertEquals(
          e.getMessage(),
          assertThrows(CorruptStoreException.class, () -> repair(disk)).getMessage());
      return true;
    }
  }

  @Test
  void severalRows_lostInBothPlaces_areMadeAnew_orTheRepairRefuses() throws IOException {
    long only = Long.getLong("brindle.seed", -1);
    List<Row> rows = rows();
    int refused = 0;
    int missing = 0;
    for (long seed = only < 0 ? 1 : only; seed <= (only < 0 ? SETS : only); seed++) {
      Random random = new Random(seed);
      List<Row> lost = new ArrayList<>();
      for (int i = 0; i < 2 + random.nextInt(3); i++) {
        lost.add(rows.get(random.nextInt(rows.size())));
      }
      FaultyDisk disk = without(lost);
      try {
        if (isRefused(disk)) {
          refused++;
        } else {
          assertEquals(List.of(), repair(disk).deeds());
          missing += assertKept(disk, lost);
        }
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError("-Dbrindle.seed=" + seed + " " + lost, e);
      }
    }
    System.out.printf(
        "several rows lost: %d sets, %d refused, %d versions given up%n", SETS, refused, missing);
    assertTrue(refused <= SETS / 2, refused + " of " + SETS + " were refused");
  }
}
