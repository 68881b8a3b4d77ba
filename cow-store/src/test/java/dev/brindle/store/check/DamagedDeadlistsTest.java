package dev.brindle.store.check;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.FileTree;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Nodes of the tree of deadlists are damaged: that costs space until a repair, and nothing else.
 */
class DamagedDeadlistsTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults();
  private static final int PAGE = 4096;
  private static final int PAGES = 1_500;
  private static final int SNAPSHOTS = 5;

  private static FaultyDisk sound = new FaultyDisk();
  private static List<Long> nodes = List.of();

  @BeforeAll
  static void makeStore() throws IOException {
    Store.create(sound, OPTIONS);
    try (Store store = Store.open(sound, OPTIONS)) {
      long volume = store.createVolume(name("volume"), 0, 0).id();
      WritableFileTree tree = store.open(volume);
      long file = file(tree, "file");
      for (int round = 0; round <= SNAPSHOTS; round++) {
        for (int i = round % 2; i < PAGES; i += 1 + round % 3) {
          write(tree, file, 2L * PAGE * i, pattern(PAGE, i + round));
        }
        if (round < SNAPSHOTS) {
          store.createSnapshot(volume, name("s" + round));
        }
      }
    }
    try (Store store = Store.openAtRest(sound, OPTIONS)) {
      nodes = StoreDamage.deadlistNodes(store);
      assertTrue(nodes.size() > 1, nodes::toString);
    }
  }

  /** What each version's file holds where rounds up to the version's have written. */
  private static void assertContent(Store store) throws IOException {
    long volume = store.volume("volume").id();
    for (SnapshotInfo snapshot : store.snapshots(volume)) {
      int rounds = Integer.parseInt(snapshot.name().toString().substring(1));
      assertContent(store.openSnapshot(snapshot.version()), rounds);
    }
  }

  private static void assertContent(FileTree tree, int rounds) throws IOException {
    long file = tree.lookup(ROOT, name("file")).inode();
    for (int i = 0; i < PAGES; i++) {
      int last = -1;
      for (int round = 0; round <= rounds; round++) {
        if (i >= round % 2 && (i - round % 2) % (1 + round % 3) == 0) {
          last = round;
        }
      }
      if (last >= 0) {
        assertArrayEquals(pattern(PAGE, i + last), read(tree, file, 2L * PAGE * i, PAGE));
      }
    }
  }

  private static void goOn(Store store) throws IOException {
    long volume = store.volume("volume").id();
    WritableFileTree tree = store.open(volume);
    long file = tree.lookup(ROOT, name("file")).inode();
    for (int i = 0; i < PAGES; i += 7) {
      write(tree, file, 2L * PAGE * i, pattern(PAGE, 9 * i));
    }
    tree.fsync(file, false);
    store.createSnapshot(volume, name("s99"));
    store.spaceUsage();
    store.checkpoint();
    store.deleteSnapshot(store.snapshot(volume, name("s99")).orElseThrow().version());
    for (String name : List.of("s1", "s3", "s0")) {
      store.deleteSnapshot(store.snapshot(volume, name(name)).orElseThrow().version());
      store.reclaim();
    }
    assertContent(store);
    assertNull(store.status().readOnlyReason());
  }

  @Test
  void anyDamagedNode_costsSpaceOnly_untilARepair() throws IOException {
    int met = 0;
    for (long node : nodes) {
      FaultyDisk disk = sound.afterProcessDeath();
      StoreDamage.records(disk, List.of(node));
      try (Store store = Store.open(disk, OPTIONS)) {
        goOn(store);
        met += store.status().losses().isEmpty() ? 0 : 1;
      }
      try (Store store = Store.open(disk, OPTIONS)) {
        assertContent(store);
        assertFalse(Check.run(store, false).isSound());
      }
      assertRepaired(disk);
    }
    assertTrue(met > 0, "no damage was met");
  }

  private static void assertRepaired(FaultyDisk disk) throws IOException {
    try (Store store = Store.openAtRest(disk, OPTIONS)) {
      RepairReport report = Repair.run(store);
      assertFalse(report.deeds().isEmpty());
      assertEquals(List.of(), report.remaining());
    }
    try (Store store = Store.open(disk, OPTIONS)) {
      assertContent(store);
      assertEquals(List.of(), Check.run(store, true).problems());
      store.deleteVolume(store.volume("volume").id(), CloneDisposition.DELETE);
      store.reclaim();
      assertEquals(List.of(), Check.run(store, true).problems());
      assertEquals(0, store.status().liveBytes());
    }
  }

  @Test
  void allNodesDamaged_costsSpaceOnly_untilARepair() throws IOException {
    FaultyDisk disk = sound.afterProcessDeath();
    StoreDamage.records(disk, nodes);
    try (Store store = Store.open(disk, OPTIONS)) {
      goOn(store);
      assertFalse(store.status().losses().isEmpty());
    }
    assertRepaired(disk);
  }
}
