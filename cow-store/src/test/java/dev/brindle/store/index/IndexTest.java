package dev.brindle.store.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.IndexLostException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.DiskFullException;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Fault;
import dev.brindle.store.disk.HostDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IndexTest {
  private static final StoreId STORE = new StoreId(1, 2);

  private FaultyDisk disk = new FaultyDisk();

  private static byte[] bytes(int length, int seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static void checkpoint(Index index) throws IOException {
    index.freeze();
    index.write();
  }

  private Index reopened(Index index) throws IOException {
    index.close();
    disk = disk.afterProcessDeath();
    return Index.open(disk, STORE);
  }

  @Test
  void records_ofAllLengths_comeBack() throws IOException {
    Index index = Index.create(disk, STORE);
    int[] lengths = {
      0, 1, 4095, 4096, 8187, 8188, 8189, 16_368, 16_369, 65_535, 66 << 10, Index.RECORD_BYTES_MAX
    };
    long[] ids = new long[lengths.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = index.allocate();
      index.put(ids[i], bytes(lengths[i], i));
    }
    for (int i = 0; i < ids.length; i++) {
      assertArrayEquals(bytes(lengths[i], i), index.get(ids[i]));
    }
    checkpoint(index);
    index = reopened(index);
    List<Long> found = new ArrayList<>();
    index.forEachRecord(found::add);
    assertEquals(ids.length, found.size());
    for (int i = 0; i < ids.length; i++) {
      assertArrayEquals(bytes(lengths[i], i), index.get(ids[i]));
    }
  }

  @Test
  void storedBytes_areWholeUnits() {
    assertEquals(8_192, Index.storedBytes(0));
    assertEquals(8_192, Index.storedBytes(Index.UNIT_PAYLOAD_BYTES));
    assertEquals(16_384, Index.storedBytes(Index.UNIT_PAYLOAD_BYTES + 1));
    assertEquals(16_384, Index.storedBytes(16_368));
    assertEquals(24_576, Index.storedBytes(16_369));
  }

  @Test
  void unwrittenChanges_areGoneAfterReopening_andFrozenOnesToo() throws IOException {
    Index index = Index.create(disk, STORE);
    long id = index.allocate();
    index.put(id, bytes(100, 1));
    checkpoint(index);
    index.put(id, bytes(100, 2));
    index.freeze();
    assertArrayEquals(bytes(100, 2), index.get(id));
    index = reopened(index);
    assertArrayEquals(bytes(100, 1), index.get(id));
  }

  @Test
  void changesAfterTheFreeze_areNotPartOfTheCheckpoint() throws IOException {
    Index index = Index.create(disk, STORE);
    long id = index.allocate();
    index.put(id, bytes(100, 1));
    index.freeze();
    index.put(id, bytes(100, 2));
    index.table("t").put(1, bytes(10, 3));
    index.write();
    assertArrayEquals(bytes(100, 2), index.get(id));
    index = reopened(index);
    assertArrayEquals(bytes(100, 1), index.get(id));
    assertNull(index.table("t").get(1));
  }

  @Test
  void severalFreezes_beforeOneWrite_areOneCheckpoint() throws IOException {
    Index index = Index.create(disk, STORE);
    long first = index.allocate();
    long second = index.allocate();
    index.put(first, bytes(100, 1));
    index.freeze();
    index.put(second, bytes(100, 2));
    index.put(first, bytes(100, 3));
    index.freeze();
    index.write();
    index = reopened(index);
    assertArrayEquals(bytes(100, 3), index.get(first));
    assertArrayEquals(bytes(100, 2), index.get(second));
  }

  @Test
  void missingRecord_isCorruption_andUnallocatedNumbersAreBugs() throws IOException {
    Index index = Index.create(disk, STORE);
    long id = index.allocate();
    assertThrows(CorruptStoreException.class, () -> index.get(id));
    assertThrows(CorruptStoreException.class, () -> index.get(0));
    assertThrows(CorruptStoreException.class, () -> index.get(-1));
    assertThrows(CorruptStoreException.class, () -> index.get(1L << 60));
    assertThrows(IllegalStateException.class, () -> index.put(id + 1, new byte[1]));
  }

  @Test
  void numbersNeverPut_areHandedOutAgain_afterReopening() throws IOException {
    Index index = Index.create(disk, STORE);
    Set<Long> lost = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      lost.add(index.allocate());
    }
    long kept = index.allocate();
    index.put(kept, bytes(10, 1));
    checkpoint(index);
    index = reopened(index);
    Set<Long> again = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      again.add(index.allocate());
    }
    assertEquals(lost, again);
    assertNotEquals(kept, index.allocate());
    assertArrayEquals(bytes(10, 1), index.get(kept));
  }

  @Test
  void numberPutAfterTheFreeze_isNotTaken_whenThatCheckpointIsOpened() throws IOException {
    Index index = Index.create(disk, STORE);
    long id = index.allocate();
    index.freeze();
    index.put(id, bytes(10, 1));
    index.write();
    index = reopened(index);
    assertEquals(id, index.allocate());
    index.put(id, bytes(10, 2));
    assertArrayEquals(bytes(10, 2), index.get(id));
  }

  @Test
  void deletedNumber_neverPut_isFreeAtOnce() throws IOException {
    Index index = Index.create(disk, STORE);
    long id = index.allocate();
    index.delete(id);
    assertEquals(id, index.allocate());
  }

  @Test
  void churn_keepsTheFileSmall() throws IOException {
    Index index = Index.create(disk, STORE);
    Random random = new Random(7);
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      ids.add(index.allocate());
      index.put(ids.get(i), bytes(random.nextInt(60_000), i));
    }
    checkpoint(index);
    long before = 0;
    for (int round = 0; round < 60; round++) {
      for (int i = 0; i < 100; i++) {
        int at = random.nextInt(ids.size());
        if (random.nextBoolean()) {
          index.delete(ids.get(at));
          ids.set(at, index.allocate());
        }
        index.put(ids.get(at), bytes(random.nextInt(60_000), i));
        index.table("t").put(round * 100 + i, bytes(random.nextInt(2_000), i));
        index.table("t").remove(round * 100 + i - 150);
      }
      checkpoint(index);
      index.renewCopies(() -> false);
      if (round == 20) {
        before = disk.contents(PageFormat.INDEX_FILE).length;
      }
    }
    long after = disk.contents(PageFormat.INDEX_FILE).length;
    assertTrue(after <= before + (1 << 20), before + " bytes became " + after);
  }

  @Test
  void manyRecords_acrossMapUnits_comeBack(@TempDir Path directory) throws IOException {
    int count = AllocationMap.CHUNK_UNITS + 1_000;
    try (HostDisk host = new HostDisk(directory);
        Index index = Index.create(host, STORE)) {
      for (int i = 0; i < count; i++) {
        long id = index.allocate();
        assertFalse(AllocationMap.isMapUnit(id));
        index.put(id, numberAsBytes(id));
        if (i % 10_000 == 0) {
          checkpoint(index);
        }
      }
      checkpoint(index);
    }
    try (HostDisk host = new HostDisk(directory);
        Index index = Index.open(host, STORE)) {
      List<Long> found = new ArrayList<>();
      index.forEachRecord(found::add);
      assertEquals(count, found.size());
      for (long id : found) {
        assertArrayEquals(numberAsBytes(id), index.get(id));
      }
    }
  }

  private static byte[] numberAsBytes(long id) {
    return new byte[] {(byte) id, (byte) (id >> 8), (byte) (id >> 16)};
  }

  @Test
  void checkpoint_isTwoSyncs_andAnEmptyOneNone() throws IOException {
    Index index = Index.create(disk, STORE);
    index.put(index.allocate(), bytes(50_000, 1));
    long before = disk.syncs();
    checkpoint(index);
    assertEquals(before + 2, disk.syncs());
    checkpoint(index);
    assertEquals(before + 2, disk.syncs());
  }

  @Test
  void fullDisk_losesNothing_andIsRetried() throws IOException {
    Index index = Index.create(disk, STORE);
    IndexModel model = new IndexModel();
    Random random = new Random(3);
    model.change(index, random, 100);
    checkpoint(index);
    IndexModel durable = model.copy();
    disk.setCapacity(disk.usedBytes());
    model.change(index, random, 400);
    index.freeze();
    assertThrows(DiskFullException.class, index::write);
    durable.assertHeldBy(Index.open(disk.afterCrash(random), STORE));
    model.change(index, random, 100);
    index.freeze();
    assertThrows(DiskFullException.class, index::write);
    model.assertHeldBy(index);
    disk.setCapacity(Long.MAX_VALUE);
    index.write();
    model.assertHeldBy(index);
    model.assertHeldBy(Index.open(disk.afterCrash(random), STORE));
  }

  @Test
  void fullDisk_atAnyOperation_isRetried() throws IOException {
    for (int operation = 0; ; operation++) {
      disk = new FaultyDisk();
      Index index = Index.create(disk, STORE);
      IndexModel model = new IndexModel();
      Random random = new Random(operation);
      model.change(index, random, 150);
      index.freeze();
      long start = disk.operations();
      disk.fail(start + operation, Fault.DISK_FULL);
      boolean failed = false;
      try {
        index.write();
        failed = operation < disk.operations() - start;
      } catch (DiskFullException e) {
        failed = true;
      }
      model.change(index, random, 50);
      index.freeze();
      disk.clearFaults();
      index.write();
      model.assertHeldBy(index);
      model.assertHeldBy(Index.open(disk.afterCrash(random), STORE));
      if (!failed) {
        return;
      }
    }
  }

  @Test
  void failedWrite_isFinal_andReadsGoOn() throws IOException {
    Index index = Index.create(disk, STORE);
    long id = index.allocate();
    index.put(id, bytes(100, 1));
    index.freeze();
    disk.fail(disk.operations() + 1, Fault.INPUT_OUTPUT_ERROR);
    assertThrows(IOException.class, index::write);
    index.freeze();
    assertThrows(IOException.class, index::write);
    assertArrayEquals(bytes(100, 1), index.get(id));
  }

  @Test
  void anotherStoresIndex_isRefused() throws IOException {
    Index.create(disk, STORE).close();
    CorruptStoreException refused =
        assertThrows(CorruptStoreException.class, () -> Index.open(disk, new StoreId(1, 3)));
    assertTrue(refused.getMessage().contains("belongs to store"));
  }

  @Test
  void anyFlippedBit_isSeen_orDoesNoHarm() throws IOException {
    Index index = Index.create(disk, STORE);
    IndexModel model = new IndexModel();
    model.change(index, new Random(5), 300);
    checkpoint(index);
    index.close();
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long bits = disk.contents(PageFormat.INDEX_FILE).length * 8L;
    int seen = 0;
    for (int i = 0; i < 400; i++) {
      FaultyDisk damaged = disk.afterProcessDeath();
      for (String name : damaged.list(CopyFiles.DIRECTORY)) {
        damaged.delete(CopyFiles.DIRECTORY + "/" + name);
      }
      long bit = random.nextLong(bits);
      damaged.flipBit(PageFormat.INDEX_FILE, bit);
      try (Index opened = Index.open(damaged, STORE)) {
        model.assertHeldBy(opened);
      } catch (CorruptStoreException | IndexLostException e) {
        assertTrue(e.getMessage().contains(PageFormat.INDEX_FILE), e.getMessage());
        seen++;
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ", bit " + bit, e);
      }
    }
    assertTrue(seen > 20, "seen " + seen);
  }

  @Test
  void anyFlippedBit_ofIndexAndOfAnyCopy_isMended() throws IOException {
    Index index = Index.create(disk, STORE);
    IndexModel model = new IndexModel();
    Random random = new Random(5);
    for (int i = 0; i < 3; i++) {
      model.change(index, random, 100);
      checkpoint(index);
      if (i == 1) {
        index.copy(() -> false);
      }
    }
    assertTrue(index.hasCopies());
    index.close();
    long bits = disk.contents(PageFormat.INDEX_FILE).length * 8L;
    for (int i = 0; i < 300; i++) {
      FaultyDisk damaged = disk.afterProcessDeath();
      damaged.flipBit(PageFormat.INDEX_FILE, random.nextLong(bits));
      try (Index opened = Index.open(damaged, STORE)) {
        model.assertHeldBy(opened);
        model.copy().change(opened, new Random(i), 5);
        checkpoint(opened);
      }
      FaultyDisk copyDamaged = disk.afterProcessDeath();
      List<String> names = copyDamaged.list(CopyFiles.DIRECTORY);
      String name = CopyFiles.DIRECTORY + "/" + names.get(random.nextInt(names.size()));
      copyDamaged.flipBit(name, random.nextLong(copyDamaged.contents(name).length * 8L));
      try (Index opened = Index.open(copyDamaged, STORE)) {
        model.assertHeldBy(opened);
      }
    }
  }

  @Test
  void mendedPage_isWrittenBack() throws IOException {
    Index index = Index.create(disk, STORE);
    long id = index.allocate();
    index.put(id, bytes(5_000, 1));
    checkpoint(index);
    index.close();
    byte[] sound = disk.contents(PageFormat.INDEX_FILE);
    for (int page = 0; page < sound.length / PageFormat.PAGE_BYTES; page++) {
      disk.flipBit(PageFormat.INDEX_FILE, page * PageFormat.PAGE_BYTES * 8L + 99);
    }
    try (Index opened = Index.open(disk, STORE)) {
      assertArrayEquals(bytes(5_000, 1), opened.get(id));
      opened.copy(() -> false);
    }
    byte[] mended = disk.contents(PageFormat.INDEX_FILE);
    for (int i = 0; i < mended.length; i++) {
      if (mended[i] != sound[i]) {
        int page = i / PageFormat.PAGE_BYTES;
        assertTrue(isZero(sound, page), "page " + page + " is still damaged");
      }
    }
  }

  @Test
  void unreadablePage_isReadFromItsCopy_andWrittenBack() throws IOException {
    Index index = Index.create(disk, STORE);
    long id = index.allocate();
    index.put(id, bytes(5_000, 1));
    checkpoint(index);
    index.close();
    int pages = disk.contents(PageFormat.INDEX_FILE).length / PageFormat.PAGE_BYTES;
    for (int page = 0; page < pages; page++) {
      disk.makeUnreadable(PageFormat.INDEX_FILE, page);
      try (Index opened = Index.open(disk, STORE)) {
        assertArrayEquals(bytes(5_000, 1), opened.get(id), "page " + page);
        opened.copy(() -> false);
      }
    }
    DiskFile file = disk.open(PageFormat.INDEX_FILE, OpenMode.READ);
    byte[] content = disk.contents(PageFormat.INDEX_FILE);
    for (int page = 0; page < pages; page++) {
      if (!isZero(content, page)) {
        file.read((long) page * PageFormat.PAGE_BYTES, ByteBuffer.allocate(PageFormat.PAGE_BYTES));
      }
    }
  }

  @Test
  void pageLostInIndexAndCopies_keepsNoOtherPageFromBeingCopied() throws IOException {
    Index index = Index.create(disk, STORE);
    long lost = index.allocate();
    long kept = index.allocate();
    byte[] mark = bytes(4_000, 1);
    index.put(lost, mark);
    index.put(kept, bytes(4_000, 2));
    checkpoint(index);
    for (String name : List.of(PageFormat.INDEX_FILE, CopyFiles.journal(0))) {
      disk.flipBit(name, 8L * indexOf(disk.contents(name), mark));
    }
    index.copy(() -> false);
    assertTrue(disk.exists(CopyFiles.base(2)) && !disk.exists(CopyFiles.journal(0)));
    index.close();
    disk.flipBit(
        PageFormat.INDEX_FILE, 8L * indexOf(disk.contents(PageFormat.INDEX_FILE), bytes(4_000, 2)));
    try (Index opened = Index.open(disk, STORE)) {
      assertArrayEquals(bytes(4_000, 2), opened.get(kept));
      assertThrows(CorruptStoreException.class, () -> opened.get(lost));
    }
  }

  private static int indexOf(byte[] file, byte[] part) {
    for (int at = 0; at <= file.length - part.length; at++) {
      if (java.util.Arrays.mismatch(file, at, at + part.length, part, 0, part.length) < 0) {
        return at;
      }
    }
    throw new AssertionError("not in the file");
  }

  @Test
  void copyThatFails_atAnyOperation_isMadeLater() throws IOException {
    for (Fault fault : new Fault[] {Fault.INPUT_OUTPUT_ERROR, Fault.DISK_FULL}) {
      int operations = 1;
      for (int i = 0; i < operations; i++) {
        disk = new FaultyDisk();
        Index index = Index.create(disk, STORE);
        long id = index.allocate();
        index.put(id, bytes(5_000, i));
        checkpoint(index);
        long before = disk.operations();
        disk.fail(before + i, fault);
        try {
          index.copy(() -> false);
          operations = (int) (disk.operations() - before);
        } catch (IOException e) {
          operations = Integer.MAX_VALUE;
        }
        disk.clearFaults();
        index.copy(() -> false);
        index.put(id, bytes(6_000, i));
        checkpoint(index);
        assertTrue(index.hasCopies());
        index.close();
        disk.delete(PageFormat.INDEX_FILE);
        assertEquals(3, Index.rebuild(disk, STORE), fault + " at " + i);
        assertArrayEquals(bytes(6_000, i), Index.open(disk, STORE).get(id));
      }
    }
  }

  @Test
  void oldIndex_withoutCopies_isRefusedToo() throws IOException {
    Index index = Index.create(disk, STORE);
    index.put(index.allocate(), bytes(5_000, 1));
    checkpoint(index);
    byte[] old = disk.contents(PageFormat.INDEX_FILE);
    index.copy(() -> false);
    index.put(index.allocate(), bytes(5_000, 2));
    checkpoint(index);
    index.copy(() -> false);
    index.close();
    disk.delete(CopyFiles.base(3));
    disk.open(PageFormat.INDEX_FILE, OpenMode.READ_WRITE).write(0, ByteBuffer.wrap(old));
    assertThrows(IndexLostException.class, () -> Index.open(disk, STORE));
  }

  private static boolean isZero(byte[] file, int page) {
    for (int i = page * PageFormat.PAGE_BYTES; i < (page + 1) * PageFormat.PAGE_BYTES; i++) {
      if (file[i] != 0) {
        return false;
      }
    }
    return true;
  }

  @Test
  void oldIndex_inThePlaceOfANewerOne_isRefused() throws IOException {
    Index index = Index.create(disk, STORE);
    index.put(index.allocate(), bytes(5_000, 1));
    checkpoint(index);
    byte[] old = disk.contents(PageFormat.INDEX_FILE);
    index.put(index.allocate(), bytes(5_000, 2));
    checkpoint(index);
    index.close();
    disk.open(PageFormat.INDEX_FILE, OpenMode.READ_WRITE).write(0, ByteBuffer.wrap(old));
    assertThrows(IndexLostException.class, () -> Index.open(disk, STORE));
    assertEquals(3, Index.rebuild(disk, STORE));
    Index.open(disk, STORE).close();
  }

  @Test
  void formatOne_isOpened_itsJournalRepeated_andGetsCopies() throws IOException {
    Index index = Index.create(disk, STORE);
    IndexModel model = new IndexModel();
    Random random = new Random(4);
    model.change(index, random, 100);
    checkpoint(index);
    byte[] before = disk.contents(PageFormat.INDEX_FILE);
    int records = disk.contents(CopyFiles.journal(0)).length;
    model.change(index, random, 100);
    checkpoint(index);
    byte[] journals = disk.contents(CopyFiles.journal(0));
    for (boolean isJournalWhole : new boolean[] {true, false}) {
      FaultyDisk old = new FaultyDisk();
      byte[] content = isJournalWhole ? before : disk.contents(PageFormat.INDEX_FILE);
      old.open(PageFormat.INDEX_FILE, OpenMode.CREATE).write(0, ByteBuffer.wrap(content));
      int length = journals.length - records - (isJournalWhole ? 0 : 1);
      old.open(PageFormat.OLD_JOURNAL_FILE, OpenMode.CREATE)
          .write(0, ByteBuffer.wrap(journals, records, length));
      try (Index opened = Index.open(old, STORE)) {
        model.assertHeldBy(opened);
        assertFalse(opened.hasCopies());
        assertFalse(old.exists(PageFormat.OLD_JOURNAL_FILE));
        opened.renewCopies(() -> false);
        assertTrue(opened.hasCopies());
      }
      old.delete(PageFormat.INDEX_FILE);
      Index.rebuild(old, STORE);
      model.assertHeldBy(Index.open(old, STORE));
    }
  }

  @Test
  void renewedCopies_takeNoMoreThanABase() throws IOException {
    Index index = Index.create(disk, STORE);
    long id = index.allocate();
    for (int i = 0; i < 40; i++) {
      index.put(id, bytes(1 << 20, i));
      checkpoint(index);
    }
    long before = disk.usedBytes();
    index.renewCopies(() -> true);
    assertEquals(before, disk.usedBytes(), 64 << 10);
    index.renewCopies(() -> false);
    long indexBytes = disk.contents(PageFormat.INDEX_FILE).length;
    assertTrue(disk.usedBytes() < 3 * indexBytes, disk.usedBytes() + " bytes for " + indexBytes);
    assertTrue(index.hasCopies());
    disk.delete(PageFormat.INDEX_FILE);
    Index.rebuild(disk, STORE);
    assertArrayEquals(bytes(1 << 20, 39), Index.open(disk, STORE).get(id));
  }

  @Test
  void copiesWithoutRoomForANewBase_areGivenUp_beforeTheyFillTheDisk() throws IOException {
    disk.setCapacity(64 << 20);
    Index index = Index.create(disk, STORE);
    long id = index.allocate();
    index.put(id, bytes(1 << 20, 1));
    checkpoint(index);
    disk.open("other", OpenMode.CREATE).allocate(0, disk.freeBytes() - (5 << 20));
    for (int i = 0; i < 8; i++) {
      index.put(id, bytes(1 << 20, i));
      checkpoint(index);
      index.renewCopies(() -> false);
    }
    assertFalse(index.hasCopies());
    assertTrue(disk.freeBytes() > 2 << 20, "free " + disk.freeBytes());
    assertArrayEquals(bytes(1 << 20, 7), Index.open(disk.afterProcessDeath(), STORE).get(id));
  }

  @Test
  void copies_areGivenUp_onAFullDisk_andComeBack() throws IOException {
    Index index = Index.create(disk, STORE);
    IndexModel model = new IndexModel();
    Random random = new Random(9);
    for (int i = 0; i < 5; i++) {
      model.change(index, random, 100);
      checkpoint(index);
    }
    disk.setCapacity(disk.usedBytes());
    for (int i = 0; i < 5; i++) {
      model.change(index, random, 3);
      checkpoint(index);
    }
    assertFalse(index.hasCopies());
    model.assertHeldBy(Index.open(disk.afterCrash(random), STORE));
    disk.setCapacity(Long.MAX_VALUE);
    index.renewCopies(() -> false);
    assertTrue(index.hasCopies());
    FaultyDisk lost = disk.afterCrash(random);
    lost.delete(PageFormat.INDEX_FILE);
    Index.rebuild(lost, STORE);
    model.assertHeldBy(Index.open(lost, STORE));
  }

  @Test
  void hostDisk_holdsAnIndex(@TempDir Path directory) throws IOException {
    IndexModel model = new IndexModel();
    Random random = new Random(11);
    try (HostDisk host = new HostDisk(directory);
        Index index = Index.create(host, STORE)) {
      for (int i = 0; i < 5; i++) {
        model.change(index, random, 300);
        checkpoint(index);
      }
      assertTrue(index.fileBytes() > 0);
    }
    try (HostDisk host = new HostDisk(directory);
        Index index = Index.open(host, STORE)) {
      model.assertHeldBy(index);
    }
  }
}
