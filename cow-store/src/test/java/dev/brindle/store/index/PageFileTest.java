package dev.brindle.store.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FormatTooNewException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PageFileTest {
  private static final StoreId STORE = new StoreId(3, 4);
  private static final int PAGES = 3 * PageFormat.COVERED;

  private static final PageFile.Mending NO_COPIES = (place, checksum) -> null;

  private final FaultyDisk disk = new FaultyDisk();
  private DiskFile file;
  private PageFile pages;

  @BeforeEach
  void makeFile() throws IOException {
    file = disk.open(PageFormat.INDEX_FILE, OpenMode.CREATE);
    pages = PageFile.empty(file, STORE, NO_COPIES);
    write(contents(1, 0, 1, 2, PageFormat.COVERED - 1, PageFormat.COVERED, PAGES - 1));
  }

  private static Map<Integer, byte[]> contents(int value, int... numbers) {
    Map<Integer, byte[]> contents = new HashMap<>();
    for (int number : numbers) {
      byte[] page = new byte[PageFormat.PAGE_BYTES];
      Arrays.fill(page, (byte) (value + number));
      contents.put(number, page);
    }
    return contents;
  }

  private void write(Map<Integer, byte[]> changed) throws IOException {
    NextCheckpoint prepared = pages.prepare(changed, PAGES);
    pages.reserve(PAGES);
    pages.apply(prepared);
  }

  private static byte[] read(PageFile from, int first, int count) throws IOException {
    byte[] bytes = new byte[count * PageFormat.PAGE_BYTES];
    Arrays.fill(bytes, (byte) 99);
    from.read(first, count, bytes, 0);
    return bytes;
  }

  @Test
  void places_areDistinct_andLeaveRoomForChecksums() {
    Set<Integer> places = new HashSet<>();
    places.add(0);
    for (int group = 0; group < 4; group++) {
      assertTrue(places.add(PageFormat.checksumPlace(group)));
    }
    for (int page = 0; page < 4 * PageFormat.COVERED; page++) {
      assertTrue(places.add(PageFormat.place(page)));
    }
    assertEquals(4 * PageFormat.COVERED + 5, places.size());
    assertEquals(4 * PageFormat.COVERED + 4, places.stream().max(Integer::compare).get());
  }

  @Test
  void pages_comeBack_andThoseNeverWrittenAreZero() throws IOException {
    for (PageFile from : new PageFile[] {pages, PageFile.open(file, STORE, NO_COPIES)}) {
      byte[] first = read(from, 0, 5);
      for (int i = 0; i < first.length; i++) {
        int page = i / PageFormat.PAGE_BYTES;
        assertEquals(page < 3 ? page + 1 : 0, first[i]);
      }
      byte[] acrossGroups = read(from, PageFormat.COVERED - 1, 2);
      assertEquals((byte) PageFormat.COVERED, acrossGroups[0]);
      assertEquals((byte) (PageFormat.COVERED + 1), acrossGroups[PageFormat.PAGE_BYTES]);
      assertEquals((byte) PAGES, read(from, PAGES - 1, 1)[0]);
      assertArrayEquals(new byte[PageFormat.PAGE_BYTES], read(from, PAGES - 2, 1));
      assertEquals(1, from.checkpoint());
      assertEquals(PAGES, from.pages());
    }
  }

  @Test
  void pageInTheWrongPlace_isSeen() throws IOException {
    byte[] other = disk.contents(PageFormat.INDEX_FILE);
    int from = PageFormat.place(1) * PageFormat.PAGE_BYTES;
    file.write(
        (long) PageFormat.place(0) * PageFormat.PAGE_BYTES,
        ByteBuffer.wrap(other, from, PageFormat.PAGE_BYTES));
    assertThrows(CorruptStoreException.class, () -> read(pages, 0, 1));
    assertEquals(2, read(pages, 1, 1)[0]);
  }

  @Test
  void shortenedFile_isSeen() throws IOException {
    file.truncate(PageFormat.fileBytes(PAGES) - 1);
    assertThrows(CorruptStoreException.class, () -> read(pages, PAGES - 1, 1));
  }

  @Test
  void checkpointAppliedInPart_isRefused_evenWhenEachGroupIsSound() throws IOException {
    NextCheckpoint prepared = pages.prepare(contents(7, 0, PAGES - 1), PAGES);
    // All of it but the last group: nothing that remains contradicts itself.
    int lastGroup = PageFormat.checksumPlace(2);
    NextCheckpoint part =
        new NextCheckpoint(
            prepared.images().stream().filter(image -> image.place() < lastGroup).toList(),
            prepared.frame());
    pages.apply(part);
    CorruptStoreException refused =
        assertThrows(CorruptStoreException.class, () -> PageFile.open(file, STORE, NO_COPIES));
    assertTrue(refused.getMessage().contains("one checkpoint"));
    pages.apply(prepared);
    assertEquals(2, PageFile.open(file, STORE, NO_COPIES).checkpoint());
  }

  @Test
  void newerFormat_isRefusedAsSuch() throws IOException {
    byte[] header = Arrays.copyOf(disk.contents(PageFormat.INDEX_FILE), PageFormat.PAGE_BYTES);
    PageFormat.putInt(header, PageFormat.VERSION_AT, PageFormat.VERSION + 1);
    PageFormat.putInt(header, PageFormat.CRC, 0);
    PageFormat.putInt(header, PageFormat.CRC, PageFormat.checksum(0, header));
    file.write(0, ByteBuffer.wrap(header));
    assertThrows(FormatTooNewException.class, () -> PageFile.open(file, STORE, NO_COPIES));
  }

  @Test
  void fileOfSomethingElse_isRefused() throws IOException {
    DiskFile other = disk.open("other", OpenMode.CREATE);
    assertThrows(CorruptStoreException.class, () -> PageFile.open(other, STORE, NO_COPIES));
    other.write(0, ByteBuffer.wrap(new byte[100_000]));
    assertThrows(CorruptStoreException.class, () -> PageFile.open(other, STORE, NO_COPIES));
  }
}
