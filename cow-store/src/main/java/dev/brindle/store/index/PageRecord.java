package dev.brindle.store.index;

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
import java.util.List;
import java.util.function.IntPredicate;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Pages of the index in another file than {@code index.db}: those of one checkpoint in a journal,
 * all of them in a base. Drawn in the package's description.
 *
 * @param at where it begins, in bytes
 * @param pages how many it holds
 */
record PageRecord(DiskFile file, long at, long checkpoint, int pages) {
  private static final int ENTRY_BYTES = 2 * Integer.BYTES;
  private static final int COUNT = PageFormat.CHECKPOINT + Long.BYTES;

  /** More than any index has, so that a damaged count is seen as one. */
  private static final int PAGES_MAX = 1 << 26;

  /** Where the record's pages belong, and their checksums. */
  record Table(int[] places, int[] checksums) {}

  private static long tableBytes(int pages) {
    return ((long) pages * ENTRY_BYTES + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
  }

  /** How long a record of so many pages is. */
  static long bytes(int pages) {
    return PAGE_BYTES + tableBytes(pages) + ((long) pages << PAGE_SHIFT);
  }

  /** Where the first byte behind it stands. */
  long end() {
    return at + bytes(pages);
  }

  /** Where one of its pages stands. */
  long pageAt(int index) {
    return at + PAGE_BYTES + tableBytes(pages) + ((long) index << PAGE_SHIFT);
  }

  /** Writes what comes before the pages; not synced. */
  void writeHead(StoreId store, List<PageImage> images) throws IOException {
    ByteBuffer table = ByteBuffer.allocate((int) tableBytes(pages));
    for (PageImage image : images) {
      table.putInt(image.place()).putInt(image.checksum());
    }
    writeHead(store, table);
  }

  private void writeHead(StoreId store, ByteBuffer table) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(PAGE_BYTES);
    header.putLong(PageFormat.MAGIC, PageFormat.JOURNAL_MAGIC);
    header.putInt(PageFormat.VERSION_AT, PageFormat.VERSION);
    header.putLong(PageFormat.STORE_ID, store.high());
    header.putLong(PageFormat.STORE_ID + Long.BYTES, store.low());
    header.putLong(PageFormat.CHECKPOINT, checkpoint);
    header.putInt(COUNT, pages);
    header.putInt(PageFormat.CRC, crc(header, table));
    file.write(at, header);
    file.write(at + PAGE_BYTES, table.clear());
  }

  /** As {@link #writeHead(StoreId, List)}, of pages that are in the file already. */
  void writeHead(StoreId store, Table entries) throws IOException {
    ByteBuffer table = ByteBuffer.allocate((int) tableBytes(pages));
    for (int i = 0; i < pages; i++) {
      table.putInt(entries.places[i]).putInt(entries.checksums[i]);
    }
    writeHead(store, table);
  }

  /** Over the header, its CRC field as zero, and the table. */
  private static int crc(ByteBuffer header, ByteBuffer table) {
    ByteBuffer copy = ByteBuffer.allocate(PAGE_BYTES).put(header.duplicate().clear());
    copy.putInt(PageFormat.CRC, 0);
    CRC32C crc = new CRC32C();
    crc.update(copy.clear());
    crc.update(table.duplicate().clear());
    return (int) crc.getValue();
  }

  /**
   * Reads and verifies what comes before the pages.
   *
   * @return null when no record begins there
   * @throws FormatTooNewException a newer Brindle wrote it
   * @throws CorruptStoreException it is another store's
   */
  static @Nullable PageRecord read(DiskFile file, long at, StoreId store) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(PAGE_BYTES);
    if (file.read(at, header) < PAGE_BYTES
        || header.getLong(PageFormat.MAGIC) != PageFormat.JOURNAL_MAGIC) {
      return null;
    }
    int count = header.getInt(COUNT);
    if (count < 0 || count > PAGES_MAX || at + PAGE_BYTES + tableBytes(count) > file.length()) {
      return null;
    }
    PageRecord record = new PageRecord(file, at, header.getLong(PageFormat.CHECKPOINT), count);
    ByteBuffer table = record.readTable();
    if (table == null || crc(header, table) != header.getInt(PageFormat.CRC)) {
      return null;
    }
    checkOwner(file.name(), header, store);
    return record;
  }

  private @Nullable ByteBuffer readTable() throws IOException {
    ByteBuffer table = ByteBuffer.allocate((int) tableBytes(pages));
    return file.read(at + PAGE_BYTES, table) < table.capacity() ? null : table.clear();
  }

  private static void checkOwner(String file, ByteBuffer header, StoreId store) throws IOException {
    int version = header.getInt(PageFormat.VERSION_AT);
    if (version > PageFormat.VERSION) {
      throw new FormatTooNewException(Path.of(file), version, PageFormat.VERSION);
    }
    StoreId found =
        new StoreId(
            header.getLong(PageFormat.STORE_ID), header.getLong(PageFormat.STORE_ID + Long.BYTES));
    if (!found.equals(store)) {
      throw new CorruptStoreException(
          file, PageFormat.STORE_ID, "belongs to store " + found + ", not to " + store);
    }
  }

  /**
   * @throws CorruptStoreException it was sound when it was read first, and is no longer
   */
  Table table() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(PAGE_BYTES);
    ByteBuffer table = readTable();
    if (file.read(at, header) < PAGE_BYTES
        || table == null
        || crc(header, table) != header.getInt(PageFormat.CRC)) {
      throw new CorruptStoreException(file.name(), at, "a record's header or table is damaged");
    }
    int[] places = new int[pages];
    int[] checksums = new int[pages];
    for (int i = 0; i < pages; i++) {
      places[i] = table.getInt();
      checksums[i] = table.getInt();
    }
    return new Table(places, checksums);
  }

  /** Reads a page; false when it is not what was written. */
  boolean readPage(Table table, int index, byte[] page) throws IOException {
    return file.read(pageAt(index), ByteBuffer.wrap(page)) == PAGE_BYTES
        && PageFormat.checksum(table.places[index], page) == table.checksums[index];
  }

  /**
   * Reads some of its pages.
   *
   * @return those that are not what was written, or that the disk cannot read
   * @throws CorruptStoreException no page can be told from another any more
   */
  List<CorruptStoreException> verify(int first, int count) throws IOException {
    List<CorruptStoreException> damages = new ArrayList<>();
    Table table = table();
    byte[] page = new byte[PAGE_BYTES];
    for (int i = first; i < first + count; i++) {
      try {
        if (!readPage(table, i, page)) {
          damages.add(
              new CorruptStoreException(
                  file.name(), pageAt(i), "a copy of a page is not what was written"));
        }
      } catch (IOException e) {
        damages.add(new UnreadableStoreException(file.name(), pageAt(i), e));
      }
    }
    return damages;
  }

  /** Whether all its pages are what was written. */
  boolean isWhole() throws IOException {
    Table table = table();
    byte[] page = new byte[PAGE_BYTES];
    for (int i = 0; i < pages; i++) {
      if (!readPage(table, i, page)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Writes its pages to their places; not synced.
   *
   * @param index {@code index.db}
   * @param places which pages
   * @return how many of them were left out, because they are damaged here
   */
  int applyTo(DiskFile index, IntPredicate places) throws IOException {
    Table table = table();
    byte[] page = new byte[PAGE_BYTES];
    int left = 0;
    for (int i = 0; i < pages; i++) {
      if (!places.test(table.places[i])) {
        continue;
      }
      if (readPage(table, i, page)) {
        index.write((long) table.places[i] << PAGE_SHIFT, ByteBuffer.wrap(page));
      } else {
        left++;
      }
    }
    return left;
  }

  /** The image of a page that has this checksum, or null. */
  byte @Nullable [] find(int place, int checksum) throws IOException {
    Table table = table();
    byte[] page = new byte[PAGE_BYTES];
    for (int i = 0; i < pages; i++) {
      if (table.places[i] == place && table.checksums[i] == checksum && readPage(table, i, page)) {
        return page;
      }
    }
    return null;
  }
}
