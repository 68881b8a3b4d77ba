package dev.brindle.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.check.Check;
import dev.brindle.store.check.Repair;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Pages of {@code index.db} that the disk cannot read: for a moment, which changes nothing, or for
 * good and without a copy, which costs what is in them and no more.
 */
final class UnreadableIndexTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults();
  private static final int PAGE = 4096;
  private static final int PAGES = Boolean.getBoolean("brindle.full") ? 10_000 : 25;
  private static final int FILES = 400;

  private final FaultyDisk disk = new FaultyDisk();

  @BeforeEach
  void fill() throws IOException {
    Store.create(disk, OPTIONS);
    try (Store store = Store.open(disk, OPTIONS)) {
      VolumeInfo volume = store.createVolume(Name.of("main"), 0, 0);
      WritableFileTree tree = store.open(volume.id());
      for (int i = 0; i < FILES; i++) {
        write(tree, "file" + i, 1_500);
      }
      store.createSnapshot(volume.id(), Name.of("snapshot"));
      write(store.open(store.createVolume(Name.of("other"), 0, 0).id()), "file", 1_500);
    }
  }

  private static void write(WritableFileTree tree, String name, int bytes) throws IOException {
    long file = create(tree, name);
    tree.write(file, 0, ByteBuffer.allocate(bytes));
    tree.fsync(file, false);
  }

  private static long create(WritableFileTree tree, String name) throws IOException {
    int mode = FileMode.REGULAR | 0644;
    return tree.create(FileTree.ROOT_INODE, Name.of(name), mode, 0, 0, 0).inode();
  }

  private FaultyDisk withoutCopies() throws IOException {
    FaultyDisk copy = disk.afterProcessDeath();
    for (String name : copy.list("checkpoints")) {
      copy.delete("checkpoints/" + name);
    }
    return copy;
  }

  private List<Integer> somePages() throws IOException {
    byte[] index = disk.contents("index.db");
    List<Integer> pages = new ArrayList<>();
    for (int page = 0; page < index.length / PAGE; page++) {
      if (!isZero(index, page * PAGE)) {
        pages.add(page);
      }
    }
    Collections.shuffle(pages, new Random(Long.getLong("brindle.seed", 3)));
    return pages.subList(0, Math.min(PAGES, pages.size()));
  }

  private static boolean isZero(byte[] bytes, int from) {
    for (int i = from; i < from + PAGE; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Only where it cannot be told which checkpoint was the last nothing is opened. */
  @Test
  void unreadablePage_ofACopy_keepsNobodyOut() throws IOException {
    int opened = 0;
    for (String name : disk.list("checkpoints")) {
      String copy = "checkpoints/" + name;
      for (int page = 0; page < disk.contents(copy).length / PAGE; page += 3) {
        FaultyDisk bad = disk.afterProcessDeath();
        bad.makeUnreadable(copy, page);
        try (Store store = Store.open(bad, OPTIONS)) {
          goOn(store, copy + " page " + page);
          opened++;
        } catch (IOException e) {
          assertTrue(e.getMessage().contains("nobody knows whether"), copy + page + ": " + e);
        }
      }
    }
    assertTrue(opened > 50, opened + " times");
  }

  @Test
  void unreadablePage_withoutACopy_keepsNobodyElseFromBeingWritten() throws IOException {
    int refused = 0;
    int goneOn = 0;
    for (int page : somePages()) {
      FaultyDisk bad = withoutCopies();
      bad.makeUnreadable("index.db", page);
      try (Store store = Store.open(bad, OPTIONS)) {
        goOn(store, "page " + page);
        goneOn++;
      } catch (CorruptStoreException | IndexLostException e) {
        assertTrue(e.getMessage().contains("cannot be read"), e.getMessage());
        refused++;
      }
    }
    System.out.printf(
        "unreadable pages of the index: %d times the store went on, %d times it did not open%n",
        goneOn, refused);
    assertTrue(goneOn > 2 * refused, goneOn + " went on, " + refused + " refused");
  }

  /** Whoever meets the page gets an error; the others' changes become durable. */
  private static void goOn(Store store, String where) throws IOException {
    int written = 0;
    for (VolumeInfo volume : store.volumes()) {
      for (int i = 0; i < 20; i++) {
        try {
          write(store.open(volume.id()), "new" + i, 3_000);
          written++;
        } catch (CorruptStoreException e) {
          assertTrue(e.getMessage().contains("cannot be read"), e.getMessage());
        }
      }
      for (int i = 0; i < FILES; i += 40) {
        try {
          store.open(volume.id()).unlink(FileTree.ROOT_INODE, Name.of("file" + i));
        } catch (CorruptStoreException | FileSystemException e) {
          assertNull(store.status().readOnlyReason(), where);
        }
      }
    }
    assertTrue(written > 0, where);
    store.checkpoint();
    store.parts().index().renewCopies(() -> false);
    assertNull(store.status().readOnlyReason(), where);
    assertTrue(store.parts().index().hasCopies(), where);
  }

  @Test
  void readThatFailsForAMoment_isNoDamage() throws IOException {
    for (int reads = 1; reads <= 2; reads++) {
      FaultyDisk bad = withoutCopies();
      try (Store store = Store.openAtRest(bad, OPTIONS)) {
        bad.failReads(reads, "index.db"::equals);
        assertTrue(Repair.run(store).deeds().isEmpty());
        assertEquals(List.of(), Check.run(store, true).problems());
      }
    }
  }

  @Test
  void repair_whileTheDiskCannotRead_isRefused_andSaysWhatToDo() throws IOException {
    int refused = 0;
    for (int page : somePages()) {
      FaultyDisk bad = withoutCopies();
      bad.makeUnreadable("index.db", page);
      try (Store store = Store.openAtRest(bad, OPTIONS)) {
        // Of a page that nothing needs, a repair does not come to know.
        assertEquals(List.of(), Repair.run(store).deeds());
      } catch (IOException e) {
        assertTrue(e.getMessage().contains("cannot be read"), e.getMessage());
        refused += e.getMessage().contains("ddrescue") ? 1 : 0;
      }
      // What is written over such a page is as good as what was there.
      bad.makeReadable();
      try (Store store = Store.open(bad, OPTIONS)) {
        assertEquals(List.of(), Check.run(store, true).problems(), "page " + page);
      }
    }
    assertTrue(refused > 0);
  }

  @Test
  void unreadablePage_withACopy_costsNothing() throws IOException {
    for (int page : somePages()) {
      FaultyDisk bad = disk.afterProcessDeath();
      bad.makeUnreadable("index.db", page);
      try (Store store = Store.open(bad, OPTIONS)) {
        assertEquals(List.of(), Check.run(store, true).problems(), "page " + page);
      }
    }
  }
}
