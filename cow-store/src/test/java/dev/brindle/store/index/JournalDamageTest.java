package dev.brindle.store.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.IndexLostException;
import dev.brindle.store.OlderStateException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.CrashedException;
import dev.brindle.store.disk.FaultyDisk.Fault;
import dev.brindle.store.disk.FaultyDisk.Loss;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Bits of a journal rot, and a crash comes between a checkpoint's journal and its way to {@code
 * index.db}: a torn tail is cut off, and what is damaged before it costs none of what is sound.
 */
final class JournalDamageTest {
  private static final StoreId STORE = new StoreId(1, 2);
  private static final boolean FULL = Boolean.getBoolean("brindle.full");
  private static final int CHECKPOINTS = 4;

  /** A history of checkpoints, whose last one was interrupted. */
  private static final class History {
    final FaultyDisk disk = new FaultyDisk();
    IndexModel done = new IndexModel();
    IndexModel underWay = new IndexModel();

    /**
     * @param base the checkpoint behind which a base is made; 0 for none
     * @param crash at which operation of the last checkpoint; negative for none
     * @return false when that has fewer operations
     */
    boolean run(int base, int crash) throws IOException {
      Index index = Index.create(disk, STORE);
      IndexModel model = new IndexModel();
      Random random = new Random(7);
      for (int i = 1; i <= CHECKPOINTS; i++) {
        model.change(index, random, 25);
        underWay = model.copy();
        index.freeze();
        if (i == CHECKPOINTS && crash >= 0) {
          disk.fail(disk.operations() + crash, Fault.CRASH);
        }
        try {
          index.write();
        } catch (CrashedException e) {
          return true;
        }
        done = underWay;
        if (i == base) {
          index.copy(() -> false);
        }
      }
      return crash < 0;
    }

    boolean isHeldBy(Index index) throws IOException {
      return done.isHeldBy(index) || underWay.isHeldBy(index);
    }
  }

  private static List<PageRecord> records(FaultyDisk disk) throws IOException {
    List<PageRecord> all = new ArrayList<>();
    for (long number : CopyFiles.journals(disk)) {
      DiskFile file = disk.open(CopyFiles.journal(number), OpenMode.READ);
      long at = PageFormat.PAGE_BYTES;
      for (PageRecord next = PageRecord.read(file, at, STORE);
          next != null;
          next = PageRecord.read(file, at, STORE)) {
        all.add(next);
        at = next.end();
      }
    }
    return all;
  }

  /** Somewhere in a record's header, its table or one of its pages. */
  private static long anyBit(PageRecord record, Random random) {
    long bytes = record.end() - record.at();
    long within =
        switch (random.nextInt(3)) {
          case 0 -> random.nextInt(60);
          case 1 -> PageFormat.PAGE_BYTES + random.nextInt(8 * record.pages());
          default -> random.nextLong(bytes);
        };
    return (record.at() + within) * 8 + random.nextInt(8);
  }

  /** A crash may leave of a record one page with what a user has written. */
  @Test
  void pageOfAUser_behindATornRecord_isNoRecord() throws IOException {
    History history = new History();
    history.run(0, -1);
    List<PageRecord> records = records(history.disk);
    PageRecord last = records.get(records.size() - 1);
    for (StoreId claimed : List.of(STORE, new StoreId(3, 4))) {
      FaultyDisk torn = history.disk.afterProcessDeath();
      DiskFile file = torn.open(last.file().name(), OpenMode.READ_WRITE);
      file.write(last.end(), ByteBuffer.allocate(PageFormat.PAGE_BYTES));
      long at = last.end() + PageFormat.PAGE_BYTES;
      new PageRecord(file, at, last.checkpoint() + 1, 0).head(claimed).finish();
      try (Index index = Index.open(torn, STORE)) {
        assertTrue(history.isHeldBy(index));
      }
    }
  }

  @Test
  void rotInAnEarlierRecord_losesNothing_whereverTheLastCheckpointWasInterrupted()
      throws IOException {
    int tried = 0;
    for (int base : new int[] {0, 2, CHECKPOINTS - 1}) {
      History history = new History();
      for (int crash = 0; history.run(base, crash); crash++) {
        for (int choice = 0; choice < (FULL ? 40 : 6); choice++) {
          Random random = new Random(choice);
          FaultyDisk crashed =
              history.disk.afterCrash(choice == 0 ? Loss.NOTHING : Loss.ANY, random);
          List<PageRecord> records = records(crashed);
          if (records.isEmpty()) {
            continue;
          }
          boolean isLastWhole = records.get(records.size() - 1).isWhole();
          for (PageRecord record : records.subList(0, records.size() - 1)) {
            FaultyDisk rotten = crashed.afterProcessDeath();
            rotten.flipBit(record.file().name(), anyBit(record, random));
            String where =
                "base %d, crash %d, choice %d, %s".formatted(base, crash, choice, record);
            verify(history, rotten, isLastWhole, where);
            tried++;
          }
        }
        history = new History();
      }
    }
    assertTrue(tried > 100, "only " + tried);
  }

  /** It opens, goes on, and has whole copies again as soon as they are renewed. */
  private static void verify(
      History history, FaultyDisk rotten, boolean isLastWhole, String where) {
    try {
      IndexModel model;
      try (Index index = Index.open(rotten, STORE)) {
        assertTrue(history.isHeldBy(index), "neither the last checkpoint nor the one before");
        if (isLastWhole && CHECKPOINTS + 1 == last(rotten)) {
          assertTrue(history.underWay.isHeldBy(index), "the journal had the last checkpoint");
        }
        model = (history.underWay.isHeldBy(index) ? history.underWay : history.done).copy();
        model.change(index, new Random(3), 10);
        index.freeze();
        index.write();
        index.copy(() -> false);
        assertTrue(index.hasCopies());
      }
      rotten.delete(PageFormat.INDEX_FILE);
      Index.rebuild(rotten, STORE);
      try (Index index = Index.open(rotten, STORE)) {
        model.assertHeldBy(index);
      }
    } catch (IOException | AssertionError e) {
      throw new AssertionError(where + ": " + e.getMessage(), e);
    }
  }

  private static long last(FaultyDisk disk) throws IOException {
    List<PageRecord> records = records(disk);
    return records.isEmpty() ? 0 : records.get(records.size() - 1).checkpoint();
  }

  @Test
  void rotAnywhereInTheJournals_givesOneCheckpointOrARefusal() throws IOException {
    int tried = 0;
    int refused = 0;
    for (int base : new int[] {0, 2, CHECKPOINTS - 1}) {
      History history = new History();
      for (int crash = 0; history.run(base, crash); crash++) {
        for (int choice = 0; choice < (FULL ? 400 : 20); choice++) {
          tried++;
          Random random = new Random(choice);
          FaultyDisk crashed = history.disk.afterCrash(random);
          List<PageRecord> records = records(crashed);
          if (records.isEmpty()) {
            continue;
          }
          PageRecord record = records.get(random.nextInt(records.size()));
          crashed.flipBit(record.file().name(), anyBit(record, random));
          try (Index index = Index.open(crashed, STORE)) {
            assertTrue(
                history.isHeldBy(index),
                "base %d, crash %d, choice %d, %s".formatted(base, crash, choice, record));
          } catch (CorruptStoreException | IndexLostException e) {
            refused++;
          }
        }
        history = new History();
      }
    }
    System.out.printf("journals: %d bits rotten, %d times something was lost%n", tried, refused);
    assertTrue(tried > 100 && refused < tried / 4, refused + " of " + tried);
  }

  /**
   * Without a base there is nothing to go back to: of the last record, half applied, all that is
   * sound counts, and what is rotten costs that page.
   */
  @Test
  void rotInTheLastRecord_withoutABase_costsThatPageAtMost() throws IOException {
    int tried = 0;
    int lost = 0;
    History history = new History();
    for (int crash = 0; history.run(2, crash); crash++) {
      for (int choice = 0; choice < (FULL ? 100 : 10); choice++) {
        Random random = new Random(choice);
        FaultyDisk crashed =
            history.disk.afterCrash(choice % 2 == 0 ? Loss.NOTHING : Loss.ANY, random);
        List<PageRecord> records = records(crashed);
        PageRecord last = records.get(records.size() - 1);
        if (last.checkpoint() != CHECKPOINTS + 1 || !last.isWhole()) {
          continue;
        }
        crashed.delete(CopyFiles.base(3));
        int page = random.nextInt(last.pages());
        crashed.flipBit(last.file().name(), last.pageAt(page) * 8 + random.nextInt(8 * 4096));
        int damaged = damagedPages(crashed, last, "crash %d, choice %d".formatted(crash, choice));
        lost += damaged;
        tried++;
      }
      history = new History();
    }
    System.out.printf("no base: %d records rotten, %d pages lost%n", tried, lost);
    assertTrue(tried > 20, "only " + tried);
  }

  private static int damagedPages(FaultyDisk rotten, PageRecord last, String where)
      throws IOException {
    int damaged = 0;
    try (Index index = Index.open(rotten, STORE)) {
      for (int page = 0; page < index.pageCount(); page++) {
        try {
          index.verifyPages(page, 1);
        } catch (CorruptStoreException e) {
          damaged++;
        }
      }
    } catch (IndexLostException | CorruptStoreException e) {
      // The page was the header's, one of checksums, or one that all of the index needs.
      damaged = 1;
    }
    assertTrue(damaged <= 1, where + ": " + damaged + " pages lost of " + last);
    return damaged;
  }

  @Test
  void rotInTheLastRecord_thatAnEmptyJournalFollows_isNoTornTail() throws IOException {
    History history = new History();
    history.run(0, -1);
    Index.open(history.disk, STORE).copy(() -> true);
    FaultyDisk rotten = history.disk.afterProcessDeath();
    List<PageRecord> records = records(rotten);
    PageRecord last = records.get(records.size() - 1);
    assertTrue(rotten.exists(CopyFiles.journal(last.checkpoint())));
    long length = rotten.contents(last.file().name()).length;
    rotten.flipBit(last.file().name(), last.pageAt(last.pages() - 1) * 8);
    try (Index index = Index.open(rotten, STORE)) {
      history.done.assertHeldBy(index);
    }
    assertEquals(length, rotten.contents(last.file().name()).length);
  }

  @Test
  void lastRecordRotten_afterItWasApplied_isNotForgotten() throws IOException {
    History history = new History();
    history.run(0, -1);
    List<PageRecord> records = records(history.disk);
    PageRecord last = records.get(records.size() - 1);
    for (long at : new long[] {last.at() + 5, last.at() + 4100}) {
      FaultyDisk rotten = history.disk.afterProcessDeath();
      rotten.flipBit(last.file().name(), at * 8);
      FaultyDisk lost = rotten.afterProcessDeath();
      try (Index index = Index.open(rotten, STORE)) {
        history.done.assertHeldBy(index);
        assertFalse(index.hasCopies());
      }
      lost.delete(PageFormat.INDEX_FILE);
      OlderStateException refused =
          assertThrows(OlderStateException.class, () -> Index.rebuild(lost, STORE));
      assertTrue(refused.getMessage().contains("--accept-older"), refused.getMessage());
    }
  }

  @Test
  void unreadableEnd_isRefused_andUnreadableMiddleIsNot() throws IOException {
    History history = new History();
    history.run(0, -1);
    List<PageRecord> records = records(history.disk);
    for (PageRecord record : records) {
      FaultyDisk bad = history.disk.afterProcessDeath();
      bad.makeUnreadable(record.file().name(), (int) (record.at() / PageFormat.PAGE_BYTES));
      if (record.checkpoint() == records.size()) {
        IOException refused = assertThrows(IOException.class, () -> Index.open(bad, STORE));
        assertTrue(refused.getMessage().contains("sound disk"), refused.getMessage());
      } else {
        try (Index index = Index.open(bad, STORE)) {
          history.done.assertHeldBy(index);
          index.copy(() -> false);
          assertTrue(index.hasCopies());
        }
      }
    }
  }
}
