package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.text;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FormatTooNewException;
import dev.brindle.store.IndexLostException;
import dev.brindle.store.Store;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import dev.brindle.store.check.Check;
import dev.brindle.store.check.Repair;
import dev.brindle.store.check.RepairReport;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A single bit is flipped anywhere in the files of a store: what is read is right, or an error that
 * names file and position; or the store does not open and says what is broken. {@code
 * -Dbrindle.full=true} flips 10,000, and repairs 1,000 stores with several flips; {@code
 * -Dbrindle.seed=N} chooses others.
 */
class BitFlipTest {
  private static final int FLIPS = Boolean.getBoolean("brindle.full") ? 10_000 : 200;
  private static final int REPAIRS = FLIPS / 10;

  /** A few flips of any seed need not come to all results. */
  private static final boolean EXPECTS_ALL =
      Boolean.getBoolean("brindle.full") || Long.getLong("brindle.seed") == null;

  private static final int PAGE = 4096;
  private static final String BIG = "volume/big";

  private static final FaultyDisk DISK = new FaultyDisk();
  private static Map<String, String> sound = Map.of();

  @BeforeAll
  static void makeStore() throws IOException {
    Store.create(DISK, CrashRun.OPTIONS);
    try (Store store = Store.open(DISK, CrashRun.OPTIONS)) {
      long volume = store.createVolume(name("volume"), 0, 0).id();
      WritableFileTree tree = store.open(volume);
      long many = directory(tree, "many");
      for (int i = 0; i < 150; i++) {
        long file = file(tree, many, "file " + i);
        write(tree, file, 0, pattern(i % 7 == 0 ? 20_000 : 300, i));
        tree.setxattr(file, name("user.x"), pattern(50, i), XattrMode.CREATE);
      }
      long snapshot = store.createSnapshot(volume, name("snapshot")).version();
      for (int i = 0; i < 150; i += 5) {
        write(tree, tree.lookup(many, name("file " + i)).inode(), 100, pattern(5_000, 3 * i));
      }
      long big = file(tree, "big");
      for (int i = 0; i < 400; i++) {
        write(tree, big, 2L * PAGE * i, pattern(PAGE, i));
      }
      tree.symlink(ROOT, name("symlink"), pattern(100, 33), 1, 1);
      store.cloneSnapshot(snapshot, name("clone"));
      store.checkpoint();
      store.reclaim();
    }
    try (Store store = Store.open(DISK, CrashRun.OPTIONS)) {
      sound = Map.copyOf(DamageSurvey.of(store));
    }
  }

  @Test
  @Timeout(value = 180, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void anyBit_flipped_givesTheRightDataOrAnErrorThatNamesThePlace() throws IOException {
    long seed = Long.getLong("brindle.seed", 1);
    Random random = new Random(seed);
    int[] results = new int[3];
    for (int i = 0; i < FLIPS; i++) {
      FlippedBit place = FlippedBit.choose(DISK, random);
      try {
        results[tryOut(place)]++;
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError("flip " + i + " of seed " + seed + ", " + place + ": " + e, e);
      }
    }
    System.out.printf(
        "%,d bits flipped: %,d times nothing was lost, %,d times something was unreadable, %,d"
            + " times the store did not open; seed %d%n",
        FLIPS, results[0], results[1], results[2], seed);
    assertTrue(!EXPECTS_ALL || (results[0] > 0 && results[1] > 0 && results[2] > 0));
  }

  /**
   * Two or three bits at once, most of them without the copies of the index that would mend them:
   * what a repair does with that is sound, and has all that could be read before.
   */
  @Test
  @Timeout(value = 180, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void severalBits_flipped_thenRepaired_keepsWhatCouldBeRead() throws IOException {
    long seed = Long.getLong("brindle.seed", 1);
    Random random = new Random(seed + 1_000_000);
    int[] results = new int[3];
    for (int i = 0; i < REPAIRS; i++) {
      boolean hasCopies = random.nextInt(5) == 0;
      List<FlippedBit> places = new ArrayList<>();
      while (places.size() < 2 + i % 2) {
        boolean isInIndex = random.nextInt(4) > 0;
        FlippedBit place =
            isInIndex ? FlippedBit.chooseInIndex(DISK, random) : FlippedBit.choose(DISK, random);
        if (hasCopies || !place.file().startsWith("checkpoints/")) {
          places.add(place);
        }
      }
      try {
        results[repairAfter(places, hasCopies)]++;
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError("repair " + i + " of seed " + seed + ", " + places + ": " + e, e);
      }
    }
    System.out.printf(
        "%,d repairs after two or three flips: %,d times nothing to repair, %,d repaired, %,d"
            + " refused; seed %d%n",
        REPAIRS, results[0], results[1], results[2], seed);
    assertTrue(!EXPECTS_ALL || (results[0] > 0 && results[1] > 0));
  }

  /** Returns 0 when there was nothing to repair, 1 when it was repaired, 2 when it was refused. */
  private static int repairAfter(List<FlippedBit> places, boolean hasCopies) throws IOException {
    FaultyDisk disk = DISK.afterProcessDeath();
    if (!hasCopies) {
      withoutCopies(disk);
    }
    for (FlippedBit place : places) {
      disk.flipBit(place.file(), place.bit());
    }
    TreeSet<String> unreadable = unreadable(disk.afterProcessDeath());
    RepairReport report;
    try (Store store = Store.openAtRest(disk, CrashRun.OPTIONS)) {
      report = Repair.run(store);
    } catch (CorruptStoreException | IndexLostException | FormatTooNewException e) {
      assertTrue(String.valueOf(e.getMessage()).length() > 20, e::getMessage);
      return 2;
    }
    assertEquals(List.of(), besidesTheLog(report.remaining()));
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      assertEquals(List.of(), besidesTheLog(Check.run(store, false).problems()));
      if (unreadable != null) {
        DamageSurvey.assertKept(sound, unreadable, store);
      }
      goOn(store);
    }
    return report.deeds().isEmpty() ? 0 : 1;
  }

  /** What is damaged in segments stays so: a repair invents no data. */
  private static List<String> besidesTheLog(List<String> problems) {
    return problems.stream().filter(p -> !p.startsWith("damaged store file log/")).toList();
  }

  /** What cannot be read before a repair; null when the store does not open. */
  private static @Nullable TreeSet<String> unreadable(FaultyDisk disk) throws IOException {
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      return DamageSurvey.compare(sound, store);
    } catch (CorruptStoreException | IndexLostException | FormatTooNewException e) {
      return null;
    }
  }

  /** Returns 0 when all is well, 1 when something is unreadable, 2 when nothing is. */
  private static int tryOut(FlippedBit place) throws IOException {
    FaultyDisk disk = place.on(DISK);
    TreeSet<String> unreadable;
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      unreadable = DamageSurvey.compare(sound, store);
      if (place.isInLog() && !place.isTable(DISK)) {
        costsOneBlock(unreadable);
      }
      goOn(store);
    } catch (CorruptStoreException | IndexLostException | FormatTooNewException e) {
      assertTrue(String.valueOf(e.getMessage()).length() > 20, e::getMessage);
      return 2;
    }
    return unreadable.isEmpty() ? 0 : 1;
  }

  /** Of each file, in each version, the damaged block and no other. */
  private static void costsOneBlock(TreeSet<String> unreadable) {
    TreeSet<String> files = new TreeSet<>();
    for (String piece : unreadable) {
      assertTrue(piece.contains("#data "), piece);
      files.add(piece.substring(0, piece.lastIndexOf('#')));
    }
    assertEquals(files.size(), unreadable.size(), unreadable::toString);
  }

  /** The sound part can be worked with; what cannot says so. */
  private static void goOn(Store store) {
    for (VolumeInfo volume : store.volumes()) {
      try {
        WritableFileTree tree = store.open(volume.id());
        long file = file(tree, "new");
        write(tree, file, 0, pattern(9_000, 4));
        tree.fsync(file, false);
        tree.unlink(ROOT, name("new"));
      } catch (CorruptStoreException e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith("damaged store file"), e::getMessage);
      } catch (IOException e) {
        assertTrue(store.volumes().size() > 0, e::getMessage);
      }
    }
  }

  /** A store one of whose tree nodes, with extents of one file and nothing else, is damaged. */
  private static FaultyDisk withDamagedExtents() throws IOException {
    byte[] index = DISK.contents("index.db");
    for (int page = 2; page < index.length / PAGE; page++) {
      FlippedBit place = new FlippedBit("index.db", page * PAGE * 8L + 12_345);
      if (FlippedBit.isZero(index, page * PAGE)) {
        continue;
      }
      FaultyDisk disk = withoutCopies(place.on(DISK));
      try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
        TreeSet<String> unreadable = DamageSurvey.compare(sound, store);
        if (unreadable.size() > 10
            && unreadable.stream().allMatch(p -> p.startsWith(BIG + "/#data"))) {
          return withoutCopies(place.on(DISK));
        }
      } catch (CorruptStoreException e) {
        assertTrue(String.valueOf(e.getMessage()).startsWith("damaged"), e::getMessage);
      }
    }
    throw new AssertionError("no node has extents of that file alone");
  }

  /** What a copy holds is mended with it. */
  private static FaultyDisk withoutCopies(FaultyDisk disk) throws IOException {
    for (String name : disk.list("checkpoints")) {
      disk.delete("checkpoints/" + name);
    }
    return disk;
  }

  @Test
  void flush_intoADamagedNode_failsThatFileAndNoOther() throws IOException {
    FaultyDisk disk = withDamagedExtents();
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      long volume = store.volume("volume").id();
      WritableFileTree tree = store.open(volume);
      long big = tree.lookup(ROOT, name("big")).inode();
      long sizeBefore = tree.getattr(big).size();
      for (int i = 0; i < 400; i++) {
        write(tree, big, 2L * PAGE * i, pattern(PAGE, i + 1));
      }
      write(tree, big, sizeBefore + 100_000, pattern(10, 1));
      long other = file(tree, "other", "of another file");
      assertThrows(CorruptStoreException.class, () -> tree.fsync(big, false));
      assertThrows(CorruptStoreException.class, () -> tree.fsync(big, false), "never later");
      assertThrows(CorruptStoreException.class, () -> write(tree, big, 0, pattern(10, 1)));
      tree.fsync(other, false);
      store.checkpoint();
      store.createSnapshot(volume, name("of the rest"));
      assertEquals(null, store.status().readOnlyReason());
      assertEquals(0, store.status().dirtyBytes());
      tree.unlink(ROOT, name("big"));
      store.reclaim();
    }
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      WritableFileTree tree = store.open(store.volume("volume").id());
      assertEquals("of another file", text(tree, ROOT, "other"));
      tree.fsync(file(tree, "and on", "it goes"), false);
    }
  }

  @Test
  void fallocate_intoADamagedNode_leavesTheFileAsItWas() throws IOException {
    try (Store store = Store.open(withDamagedExtents(), CrashRun.OPTIONS)) {
      WritableFileTree tree = store.open(store.volume("volume").id());
      long big = tree.lookup(ROOT, name("big")).inode();
      long size = tree.getattr(big).size();
      assertThrows(
          CorruptStoreException.class,
          () -> tree.fallocate(big, FallocateMode.ALLOCATE, 0, size + 100_000));
      assertEquals(size, tree.getattr(big).size());
    }
  }
}
