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

  /** So much of the table is in memory at a time. */
  private static final int STEP_ENTRIES = 8_192;

  /** Takes entries of the table in their order. */
  interface EntryVisitor {
    /**
     * Takes where a page belongs, and its checksum.
     *
     * @return whether to go on
     */
    boolean visit(int page, int place, int checksum) throws IOException;
  }

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

  /** Begins to write what comes before the pages. */
  Head head(StoreId store) {
    return new Head(store);
  }

  /** Writes what comes before the pages: the table, and then the header that seals it. */
  final class Head {
    private final ByteBuffer header = ByteBuffer.allocate(PAGE_BYTES);
    private final ByteBuffer entries =
        ByteBuffer.allocate((int) Math.min(STEP_ENTRIES * ENTRY_BYTES, tableBytes(pages)));
    private final CRC32C crc = new CRC32C();
    private long tableAt = at + PAGE_BYTES;

    private Head(StoreId store) {
      header.putLong(PageFormat.MAGIC, PageFormat.JOURNAL_MAGIC);
      header.putInt(PageFormat.VERSION_AT, PageFormat.VERSION);
      header.putLong(PageFormat.STORE_ID, store.high());
      header.putLong(PageFormat.STORE_ID + Long.BYTES, store.low());
      header.putLong(PageFormat.CHECKPOINT, checkpoint);
      header.putInt(COUNT, pages);
      crc.update(header.duplicate());
    }

    /** Adds the entry of the next page. */
    void add(PageImage image) throws IOException {
      entries.putInt(image.place()).putInt(image.checksum());
      if (!entries.hasRemaining()) {
        writeEntries();
      }
    }

    private void writeEntries() throws IOException {
      entries.flip();
      crc.update(entries.duplicate());
      int bytes = entries.limit();
      file.write(tableAt, entries);
      tableAt += bytes;
      entries.clear();
    }

    /** Ends it with the last entry; not synced. */
    void finish() throws IOException {
      long left = pageAt(0) - tableAt - entries.position();
      entries.put(new byte[(int) left]);
      if (entries.position() > 0) {
        writeEntries();
      }
      header.putInt(PageFormat.CRC, (int) crc.getValue());
      file.write(at, header.clear());
    }
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
    if (count < 0 || at + PAGE_BYTES + tableBytes(count) > file.length()) {
      return null;
    }
    PageRecord record = new PageRecord(file, at, header.getLong(PageFormat.CHECKPOINT), count);
    if (!record.isSealedBy(header)) {
      return null;
    }
    checkOwner(file.name(), header, store);
    return record;
  }

  /** Whether header and table are what was written: the CRC is over both, its own field as zero. */
  private boolean isSealedBy(ByteBuffer header) throws IOException {
    ByteBuffer copy = ByteBuffer.allocate(PAGE_BYTES).put(header.duplicate().clear());
    CRC32C crc = new CRC32C();
    crc.update(copy.putInt(PageFormat.CRC, 0).clear());
    long end = pageAt(0);
    long step = at + PAGE_BYTES;
    while (step < end) {
      ByteBuffer part = readTable(step, (int) Math.min(STEP_ENTRIES * ENTRY_BYTES, end - step));
      crc.update(part.duplicate());
      step += part.capacity();
    }
    return (int) crc.getValue() == header.getInt(PageFormat.CRC);
  }

  private ByteBuffer readTable(long from, int bytes) throws IOException {
    ByteBuffer part = ByteBuffer.allocate(bytes);
    if (file.read(from, part) < bytes) {
      throw new CorruptStoreException(file.name(), from, "a record's table is cut off");
    }
    return part.clear();
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
   * Verifies what comes before the pages.
   *
   * @throws CorruptStoreException it was sound when it was read first, and is no longer
   */
  void verifyHead() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(PAGE_BYTES);
    if (file.read(at, header) < PAGE_BYTES || !isSealedBy(header)) {
      throw new CorruptStoreException(file.name(), at, "a record's header or table is damaged");
    }
  }

  /**
   * Visits all entries of the table. One that has rotted fits no page: the checksums are of places,
   * too.
   *
   * @return false when the visitor did not go on
   */
  boolean forEach(EntryVisitor visitor) throws IOException {
    return forEach(0, pages, visitor);
  }

  private boolean forEach(int first, int end, EntryVisitor visitor) throws IOException {
    for (int from = first; from < end; from += STEP_ENTRIES) {
      int count = Math.min(STEP_ENTRIES, end - from);
      ByteBuffer entries =
          readTable(at + PAGE_BYTES + (long) from * ENTRY_BYTES, count * ENTRY_BYTES);
      for (int page = from; page < from + count; page++) {
        if (!visitor.visit(page, entries.getInt(), entries.getInt())) {
          return false;
        }
      }
    }
    return true;
  }

  /** Reads a page; false when it is not what was written. */
  private boolean readPage(int index, int place, int checksum, byte[] page) throws IOException {
    return file.read(pageAt(index), ByteBuffer.wrap(page)) == PAGE_BYTES
        && PageFormat.checksum(place, page) == checksum;
  }

  /**
   * Reads some of its pages; with the first ones, what comes before them.
   *
   * @return those that are not what was written, or that the disk cannot read
   * @throws CorruptStoreException no page can be told from another any more
   */
  List<CorruptStoreException> verify(int first, int count) throws IOException {
    if (first == 0) {
      verifyHead();
    }
    List<CorruptStoreException> damages = new ArrayList<>();
    byte[] page = new byte[PAGE_BYTES];
    forEach(
        first,
        first + count,
        (index, place, checksum) -> {
          try {
            if (!readPage(index, place, checksum, page)) {
              damages.add(
                  new CorruptStoreException(
                      file.name(), pageAt(index), "a copy of a page is not what was written"));
            }
          } catch (IOException e) {
            damages.add(new UnreadableStoreException(file.name(), pageAt(index), e));
          }
          return true;
        });
    return damages;
  }

  /** Whether all its pages are what was written. */
  boolean isWhole() throws IOException {
    verifyHead();
    byte[] page = new byte[PAGE_BYTES];
    return forEach((index, place, checksum) -> readPage(index, place, checksum, page));
  }

  /**
   * Writes its pages to their places; not synced.
   *
   * @param index {@code index.db}
   * @param places which pages
   * @return how many of them were left out, because they are damaged here
   */
  int applyTo(DiskFile index, IntPredicate places) throws IOException {
    verifyHead();
    byte[] page = new byte[PAGE_BYTES];
    int[] left = new int[1];
    forEach(
        (i, place, checksum) -> {
          if (!places.test(place)) {
            return true;
          }
          if (readPage(i, place, checksum, page)) {
            index.write((long) place << PAGE_SHIFT, ByteBuffer.wrap(page));
          } else {
            left[0]++;
          }
          return true;
        });
    return left[0];
  }

  /** The image of a page that has this checksum, or null. */
  byte @Nullable [] find(int place, int checksum) throws IOException {
    byte[] page = new byte[PAGE_BYTES];
    boolean none =
        forEach(
            (i, at, sum) -> at != place || sum != checksum || !readPage(i, place, checksum, page));
    return none ? null : page;
  }
}
