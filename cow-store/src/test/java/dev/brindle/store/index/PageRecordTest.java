package dev.brindle.store.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.CountingDisk;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** A record whose table is longer than what of it is in memory at a time. */
final class PageRecordTest {
  private static final StoreId STORE = new StoreId(1, 2);
  private static final String NAME = "record";
  private static final long CHECKPOINT = 7;
  private static final int PAGES = 17_000;
  private static final int TABLE_PARTS = 3;
  private static final int LAST = PAGES - 1;
  private static final int STEP_PAGES = 64;

  private final FaultyDisk disk = new FaultyDisk();
  private final CountingDisk counting = new CountingDisk(disk);

  /** Until a record had been written. */
  private long bytesReadBefore;

  private static byte[] content(int page) {
    byte[] content = new byte[PageFormat.PAGE_BYTES];
    PageFormat.putInt(content, 100, page);
    return content;
  }

  /** Each second place has a page. */
  private static PageImage image(int page) {
    return PageImage.of(2 * page, content(page));
  }

  private PageRecord written() throws IOException {
    PageRecord record = new PageRecord(counting.open(NAME, OpenMode.CREATE), 0, CHECKPOINT, PAGES);
    PageRecord.Head head = record.head(STORE);
    for (int page = 0; page < PAGES; page++) {
      PageImage image = image(page);
      record.file().write(record.pageAt(page), ByteBuffer.wrap(image.content()));
      head.add(image);
    }
    head.finish();
    PageRecord read = PageRecord.read(record.file(), 0, STORE);
    assertNotNull(read);
    assertEquals(PAGES, read.pages());
    bytesReadBefore = counting.bytesRead();
    return read;
  }

  @Test
  void read_whatWasWritten_isWholeAndFoundAndApplied() throws IOException {
    PageRecord record = written();
    assertTrue(record.isWhole());
    for (int page = 0; page < PAGES; page += PAGES / 10) {
      assertArrayEquals(content(page), record.find(2 * page, image(page).checksum()));
    }
    assertNull(record.find(1, image(0).checksum()));
    DiskFile index = disk.open("index", OpenMode.CREATE);
    assertEquals(0, record.applyTo(index, place -> place >= LAST));
    byte[] last = new byte[PageFormat.PAGE_BYTES];
    index.read(2L * LAST * PageFormat.PAGE_BYTES, ByteBuffer.wrap(last));
    assertArrayEquals(content(LAST), last);
    index.read(0, ByteBuffer.wrap(last));
    assertArrayEquals(new byte[PageFormat.PAGE_BYTES], last);
  }

  @Test
  void read_ofTableDamagedAnywhere_isRefused() throws IOException {
    PageRecord record = written();
    long tableBytes = record.pageAt(0) - PageFormat.PAGE_BYTES;
    for (int part = 0; part < TABLE_PARTS; part++) {
      long bit = (PageFormat.PAGE_BYTES + (part * tableBytes) / TABLE_PARTS + 4) * Byte.SIZE;
      disk.flipBit(NAME, bit);
      assertNull(PageRecord.read(record.file(), 0, STORE));
      assertThrows(CorruptStoreException.class, record::verifyHead);
      assertThrows(CorruptStoreException.class, () -> record.verify(0, 1));
      assertThrows(CorruptStoreException.class, record::isWhole);
      disk.flipBit(NAME, bit);
    }
    disk.flipBit(NAME, record.pageAt(0) * Byte.SIZE - 1);
    assertNull(PageRecord.read(record.file(), 0, STORE));
  }

  @Test
  void verify_stepByStep_findsEachDamageAndReadsNothingTwice() throws IOException {
    PageRecord record = written();
    disk.flipBit(NAME, record.pageAt(0) * Byte.SIZE);
    disk.flipBit(NAME, record.pageAt(LAST) * Byte.SIZE + 5);
    int damages = 0;
    for (int page = 0; page < PAGES; page += STEP_PAGES) {
      damages += record.verify(page, Math.min(STEP_PAGES, PAGES - page)).size();
    }
    assertEquals(2, damages);
    long tableBytes = record.pageAt(0) - PageFormat.PAGE_BYTES;
    long bytesRead = counting.bytesRead() - bytesReadBefore;
    assertTrue(bytesRead <= record.end() + tableBytes, bytesRead + " bytes read");
  }
}
