package dev.brindle.store.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log's last segment, lost or with a damaged header: a repair opens the store again. */
final class LostHeadTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withSegmentBlocks(1024);
  private static final byte[] LARGE = bytes(1, 600_000);
  private static final byte[] SMALL = bytes(2, 700);
  private static final byte[] LATER = bytes(3, 900_000);

  private FaultyDisk disk = new FaultyDisk();

  private static byte[] bytes(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** A checkpoint with two files, and a third that only the log's tail has. */
  @BeforeEach
  void fill() throws IOException {
    Store.create(disk, OPTIONS);
    FaultyDisk crashed;
    try (Store store = Store.open(disk, OPTIONS)) {
      WritableFileTree tree = store.open(store.createVolume(Name.of("main"), 0, 0).id());
      write(tree, "large", LARGE);
      write(tree, "small", SMALL);
      store.checkpoint();
      write(tree, "tail", LARGE);
      store.sync();
      crashed = disk.afterCrash(new Random(1));
    }
    disk = crashed;
  }

  private static void write(WritableFileTree tree, String name, byte[] content) throws IOException {
    long inode =
        tree.create(FileTree.ROOT_INODE, Name.of(name), FileMode.REGULAR | 0644, 0, 0, 0).inode();
    tree.write(inode, 0, ByteBuffer.wrap(content));
  }

  private static byte[] read(FileTree tree, String name) throws IOException {
    long inode = tree.lookup(FileTree.ROOT_INODE, Name.of(name)).inode();
    ByteBuffer content = ByteBuffer.allocate((int) tree.getattr(inode).size());
    tree.read(inode, 0, content);
    return content.array();
  }

  private String head() throws IOException {
    TreeSet<String> names = new TreeSet<>(disk.list("log"));
    names.removeIf(name -> name.compareTo("0000000000000001.seg") > 0);
    return "log/" + names.last();
  }

  private String last() throws IOException {
    TreeSet<String> names = new TreeSet<>(disk.list("log"));
    names.removeIf(name -> !name.endsWith(".seg"));
    return "log/" + names.last();
  }

  private void overwrite(String name, int length) throws IOException {
    try (DiskFile file = disk.open(name, OpenMode.READ_WRITE)) {
      file.write(0, ByteBuffer.wrap(bytes(9, length)));
    }
  }

  private RepairReport repair() throws IOException {
    CorruptStoreException refused =
        assertThrows(CorruptStoreException.class, () -> Store.open(disk, OPTIONS));
    assertTrue(refused.getMessage().contains("brindle check --repair"), refused.getMessage());
    RepairReport report;
    try (Store store = Store.openAtRest(disk, OPTIONS)) {
      report = Repair.run(store);
    }
    assertTrue(report.isSound(), report::toString);
    assertTrue(report.deeds().get(0).contains(head()), report::toString);
    return report;
  }

  @Test
  void header_damaged_costsNothing() throws IOException {
    overwrite(head(), 4096);
    assertEquals(1, repair().deeds().size());
    try (Store store = Store.open(disk, OPTIONS)) {
      FileTree tree = store.open(store.volume("main").id());
      assertArrayEquals(LARGE, read(tree, "large"));
      assertArrayEquals(SMALL, read(tree, "small"));
      assertArrayEquals(LARGE, read(tree, "tail"));
    }
    goesOn("large", "small", "tail");
  }

  @Test
  void header_ofAnEarlierSegment_damaged_isWrittenAnew() throws IOException {
    String first = "log/0000000000000001.seg";
    byte[] several = bytes(4, 9_000_000);
    try (Store store = Store.open(disk, OPTIONS)) {
      write(store.open(store.volume("main").id()), "several", several);
    }
    assertNotEquals(first, last());
    overwrite(first, 12_288);
    try (Store store = Store.open(disk, OPTIONS)) {
      FileTree tree = store.open(store.volume("main").id());
      assertThrows(CorruptStoreException.class, () -> read(tree, "several"));
      assertEquals(1, Check.run(store, true).problems().size());
    }
    try (Store store = Store.openAtRest(disk, OPTIONS)) {
      RepairReport report = Repair.run(store);
      assertTrue(report.isSound(), report::toString);
      assertEquals(List.of("the header of " + first + " was written anew"), report.deeds());
    }
    try (Store store = Store.open(disk, OPTIONS)) {
      assertArrayEquals(several, read(store.open(store.volume("main").id()), "several"));
    }
    goesOn("small", "several");
  }

  @Test
  void file_ofALaterSegment_thatIsNone_isRefusedWithTheWayOut() throws IOException {
    try (DiskFile file = disk.open("log/0000000000000009.seg", OpenMode.CREATE)) {
      file.write(0, ByteBuffer.wrap(bytes(9, 10)));
    }
    CorruptStoreException refused =
        assertThrows(CorruptStoreException.class, () -> Store.open(disk, OPTIONS));
    assertTrue(refused.getMessage().contains("9.seg"), refused.getMessage());
    assertTrue(refused.getMessage().contains("brindle check --repair"), refused.getMessage());
    try (Store store = Store.openAtRest(disk, OPTIONS)) {
      assertTrue(Repair.run(store).isSound());
    }
    goesOn("large", "small", "tail");
  }

  @Test
  void file_missing_costsWhatItHeld_andTheTail() throws IOException {
    disk.delete(head());
    repair();
    expectLoss();
  }

  @Test
  void file_emptied_costsWhatItHeld_andTheTail() throws IOException {
    try (DiskFile file = disk.open(head(), OpenMode.READ_WRITE)) {
      file.truncate(0);
    }
    repair();
    expectLoss();
  }

  @Test
  void anotherStoresFile_isNotTouched() throws IOException {
    FaultyDisk other = new FaultyDisk();
    Store.create(other, OPTIONS);
    ByteBuffer header = ByteBuffer.allocate(4096);
    try (DiskFile from = other.open("log/0000000000000001.seg", OpenMode.READ);
        DiskFile to = disk.open(head(), OpenMode.READ_WRITE)) {
      from.read(0, header);
      to.write(0, header.flip());
    }
    CorruptStoreException refused =
        assertThrows(CorruptStoreException.class, () -> Store.openAtRest(disk, OPTIONS));
    assertTrue(refused.getMessage().contains("belongs to store"), refused.getMessage());
  }

  /** Never wrong data: what was in the segment cannot be read, all else is there. */
  private void expectLoss() throws IOException {
    try (Store store = Store.open(disk, OPTIONS)) {
      FileTree tree = store.open(store.volume("main").id());
      assertThrows(CorruptStoreException.class, () -> read(tree, "large"));
      assertArrayEquals(SMALL, read(tree, "small"));
      assertThrows(IOException.class, () -> read(tree, "tail"));
    }
    goesOn("small");
  }

  private void goesOn(String... sound) throws IOException {
    try (Store store = Store.open(disk, OPTIONS)) {
      write(store.open(store.volume("main").id()), "later", LATER);
      store.sync();
    }
    disk = disk.afterCrash(new Random(2));
    try (Store store = Store.open(disk, OPTIONS)) {
      FileTree tree = store.open(store.volume("main").id());
      assertArrayEquals(LATER, read(tree, "later"));
      for (String name : sound) {
        read(tree, name);
      }
      assertEquals(List.of(), Check.run(store, false).problems());
    }
  }
}
