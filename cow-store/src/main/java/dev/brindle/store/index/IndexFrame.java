package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.COVERED;
import static dev.brindle.store.index.PageFormat.INDEX_FILE;
import static dev.brindle.store.index.PageFormat.PAGE_BYTES;
import static dev.brindle.store.index.PageFormat.PAGE_SHIFT;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FormatTooNewException;
import dev.brindle.store.StoreId;
import dev.brindle.store.UnreadableStoreException;
import dev.brindle.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.tinylog.Logger;

/**
 * What the header and the checksum pages of {@code index.db} say: all other pages hang on it.
 * Immutable.
 *
 * @param pages how many of MapDB's pages there are
 * @param tables for each group the content of its checksum page: element 0 is its own checksum
 */
@SuppressWarnings("ArrayRecordComponent")
record IndexFrame(StoreId store, long checkpoint, int pages, int[][] tables) {

  /** That of a file that nothing was written to yet. */
  static IndexFrame empty(StoreId store) {
    return new IndexFrame(store, 0, 0, new int[0][]);
  }

  // ---- Reading

  /** The checkpoint that a file's header says, or -1 when it is damaged or cannot be read. */
  static long checkpointOf(DiskFile file) {
    byte[] header = new byte[PAGE_BYTES];
    try {
      return file.read(0, ByteBuffer.wrap(header)) == PAGE_BYTES && isSound(header)
          ? PageFormat.getLong(header, PageFormat.CHECKPOINT)
          : -1;
    } catch (IOException e) {
      Logger.warn(e, "{}: the header cannot be read", INDEX_FILE);
      return -1;
    }
  }

  private static boolean isSound(byte[] header) {
    byte[] copy = header.clone();
    PageFormat.putInt(copy, PageFormat.CRC, 0);
    return PageFormat.getLong(copy, PageFormat.MAGIC) == PageFormat.INDEX_MAGIC
        && PageFormat.checksum(0, copy) == PageFormat.getInt(header, PageFormat.CRC);
  }

  /**
   * Reads and verifies the header and the checksum pages.
   *
   * @throws CorruptStoreException they are damaged, not of one checkpoint, or another store's
   * @throws FormatTooNewException a newer Brindle wrote them
   */
  static IndexFrame read(DiskFile file, StoreId store) throws IOException {
    byte[] header = new byte[PAGE_BYTES];
    readWhole(file, 0, header);
    if (!isSound(header)) {
      throw new CorruptStoreException(INDEX_FILE, 0, "the header is damaged");
    }
    checkOwner(header, store);
    int pages = (int) PageFormat.getLong(header, PageFormat.PAGE_COUNT);
    IndexFrame frame =
        new IndexFrame(
            store,
            PageFormat.getLong(header, PageFormat.CHECKPOINT),
            pages,
            readTables(file, PageFormat.groups(pages)));
    if (frame.root() != PageFormat.getInt(header, PageFormat.ROOT)) {
      throw new CorruptStoreException(
          INDEX_FILE, PageFormat.ROOT, "the pages are not all of one checkpoint");
    }
    return frame;
  }

  private static void checkOwner(byte[] header, StoreId store) throws IOException {
    int version = PageFormat.getInt(header, PageFormat.VERSION_AT);
    if (version > PageFormat.VERSION) {
      throw new FormatTooNewException(Path.of(INDEX_FILE), version, PageFormat.VERSION);
    }
    StoreId found =
        new StoreId(
            PageFormat.getLong(header, PageFormat.STORE_ID),
            PageFormat.getLong(header, PageFormat.STORE_ID + Long.BYTES));
    if (!found.equals(store)) {
      throw new CorruptStoreException(
          INDEX_FILE, PageFormat.STORE_ID, "belongs to store " + found + ", not to " + store);
    }
  }

  private static int[][] readTables(DiskFile file, int groups) throws IOException {
    int[][] tables = new int[groups][];
    byte[] page = new byte[PAGE_BYTES];
    for (int group = 0; group < groups; group++) {
      int place = PageFormat.checksumPlace(group);
      readWhole(file, place, page);
      int[] table = new int[COVERED + 1];
      for (int i = 0; i <= COVERED; i++) {
        table[i] = PageFormat.getInt(page, i * Integer.BYTES);
      }
      if (table[0] != ownChecksum(place, page)) {
        throw new CorruptStoreException(
            INDEX_FILE, (long) place << PAGE_SHIFT, "a page of checksums is damaged");
      }
      tables[group] = table;
    }
    return tables;
  }

  private static int ownChecksum(int place, byte[] checksumPage) {
    return PageFormat.checksum(place, checksumPage, Integer.BYTES, PAGE_BYTES - Integer.BYTES);
  }

  private static void readWhole(DiskFile file, int place, byte[] page) throws IOException {
    long offset = (long) place << PAGE_SHIFT;
    int count;
    try {
      count = file.read(offset, ByteBuffer.wrap(page));
    } catch (IOException e) {
      throw new UnreadableStoreException(INDEX_FILE, offset, e);
    }
    if (count < PAGE_BYTES) {
      throw new CorruptStoreException(INDEX_FILE, offset + count, "the file ends too early");
    }
  }

  // ---- Asking

  /** The checksum of one of MapDB's pages; 0 when it was never written. */
  int checksumOf(int page) {
    int group = PageFormat.groupOf(page);
    return group < tables.length ? tables[group][1 + page % COVERED] : 0;
  }

  /** The places of everything there is, ascending. */
  int[] places() {
    IntStream.Builder places = IntStream.builder();
    places.add(0);
    for (int group = 0; group < tables.length; group++) {
      places.add(PageFormat.checksumPlace(group));
      for (int page = group * COVERED; page < (group + 1) * COVERED; page++) {
        if (checksumOf(page) != 0) {
          places.add(PageFormat.place(page));
        }
      }
    }
    return places.build().toArray();
  }

  // ---- Writing

  /** The same, under another number. */
  IndexFrame renumbered(long number) {
    return new IndexFrame(store, number, pages, tables);
  }

  /** The images of everything that the next checkpoint changes: pages, checksum pages, header. */
  NextCheckpoint next(Map<Integer, byte[]> changed, int newPages) {
    int[][] newTables = Arrays.copyOf(tables, PageFormat.groups(newPages));
    Map<Integer, int[]> changedTables = new HashMap<>();
    for (int group = tables.length; group < newTables.length; group++) {
      changedTables.put(group, new int[COVERED + 1]);
    }
    List<PageImage> images = new ArrayList<>(changed.size() + newTables.length + 1);
    changed.forEach(
        (page, content) -> {
          PageImage image = PageImage.of(PageFormat.place(page), content);
          images.add(image);
          int group = PageFormat.groupOf(page);
          changedTables.computeIfAbsent(group, g -> tables[g].clone())[1 + page % COVERED] =
              image.checksum();
        });
    changedTables.forEach(
        (group, table) -> {
          images.add(checksumImage(group, table));
          newTables[group] = table;
        });
    IndexFrame frame = new IndexFrame(store, checkpoint + 1, newPages, newTables);
    images.add(frame.headerImage());
    Collections.sort(images);
    return new NextCheckpoint(images, frame);
  }

  /** The checksum page of a group. */
  PageImage checksumImage(int group) {
    return checksumImage(group, tables[group].clone());
  }

  /** Notes the page's own checksum in the table. */
  private static PageImage checksumImage(int group, int[] table) {
    int place = PageFormat.checksumPlace(group);
    byte[] page = new byte[PAGE_BYTES];
    for (int i = 1; i <= COVERED; i++) {
      PageFormat.putInt(page, i * Integer.BYTES, table[i]);
    }
    table[0] = ownChecksum(place, page);
    PageFormat.putInt(page, 0, table[0]);
    return PageImage.of(place, page);
  }

  PageImage headerImage() {
    byte[] page = new byte[PAGE_BYTES];
    PageFormat.putLong(page, PageFormat.MAGIC, PageFormat.INDEX_MAGIC);
    PageFormat.putInt(page, PageFormat.VERSION_AT, PageFormat.VERSION);
    PageFormat.putLong(page, PageFormat.STORE_ID, store.high());
    PageFormat.putLong(page, PageFormat.STORE_ID + Long.BYTES, store.low());
    PageFormat.putLong(page, PageFormat.CHECKPOINT, checkpoint);
    PageFormat.putLong(page, PageFormat.PAGE_COUNT, pages);
    PageFormat.putInt(page, PageFormat.ROOT, root());
    PageFormat.putInt(page, PageFormat.CRC, PageFormat.checksum(0, page));
    return PageImage.of(0, page);
  }

  private int root() {
    CRC32C crc = new CRC32C();
    ByteBuffer own = ByteBuffer.allocate(Integer.BYTES);
    for (int[] table : tables) {
      crc.update(own.clear().putInt(table[0]).flip());
    }
    return (int) crc.getValue();
  }
}
