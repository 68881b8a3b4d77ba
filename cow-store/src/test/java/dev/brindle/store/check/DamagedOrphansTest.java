package dev.brindle.store.check;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.version.Version;
import dev.brindle.store.volume.ItemType;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The list of unlinked files that were open when the process died is damaged. */
class DamagedOrphansTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults();
  private static final int ORPHANS = 6_000;

  private static FaultyDisk damaged = new FaultyDisk();

  @BeforeAll
  static void makeStore() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    Store.create(disk, OPTIONS);
    try (Store store = Store.open(disk, OPTIONS)) {
      WritableFileTree tree = store.open(store.createVolume(name("volume"), 0, 0).id());
      file(tree, "kept", "a text");
      file(tree, "to go", "another");
      for (int i = 0; i < ORPHANS; i++) {
        tree.hold(file(tree, "open", ""));
        tree.unlink(ROOT, name("open"));
      }
      store.checkpoint();
      damaged = disk.afterProcessDeath();
    }
    try (Store store = Store.openAtRest(damaged, OPTIONS)) {
      Version head = store.parts().catalogue().head(store.volume("volume").id());
      long orphans = ItemType.high(ItemType.ORPHANS, ItemType.ORPHAN);
      List<Long> leaves = StoreDamage.leaves(store, head, high -> high == orphans);
      assertTrue(leaves.size() > 1, leaves::toString);
      StoreDamage.records(damaged, leaves);
    }
  }

  @Test
  void volume_opensAndIsWritten_withoutThem() throws IOException {
    try (Store store = Store.open(damaged.afterProcessDeath(), OPTIONS)) {
      long volume = store.volume("volume").id();
      WritableFileTree tree = store.open(volume);
      assertEquals("a text", text(tree, ROOT, "kept"));
      tree.unlink(ROOT, name("to go"));
      long open = file(tree, "open", "");
      tree.hold(open);
      tree.unlink(ROOT, name("open"));
      tree.fsync(file(tree, "new", "text"), false);
      tree.release(open);
      store.createSnapshot(volume, name("snapshot"));
      store.checkpoint();
      assertNull(store.status().readOnlyReason());
    }
  }

  @Test
  void repair_listsThemAgain_andOpeningFreesThem() throws IOException {
    FaultyDisk disk = damaged.afterProcessDeath();
    try (Store store = Store.openAtRest(disk, OPTIONS)) {
      RepairReport report = Repair.run(store);
      assertEquals(List.of(), report.remaining());
      long listed = report.deeds().stream().filter(d -> d.endsWith("as an orphan")).count();
      assertTrue(listed > 0, () -> "nothing but " + report.deeds());
    }
    try (Store store = Store.open(disk, OPTIONS)) {
      WritableFileTree tree = store.open(store.volume("volume").id());
      store.reclaim();
      assertEquals(3, tree.statistics().inodes());
      assertEquals("a text", text(tree, ROOT, "kept"));
      assertEquals(List.of(), Check.run(store, true).problems());
    }
  }
}
