package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.JOURNAL_FILE;
import static dev.brindle.store.index.PageFormat.PAGE_BYTES;
import static dev.brindle.store.index.PageFormat.PAGE_SHIFT;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FormatTooNewException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The file {@code index.journal}: the pages of one checkpoint on their way to {@code index.db}. */
final class Journal implements Closeable {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int ENTRY_BYTES = 2 * Integer.BYTES;
  private static final int COUNT = PageFormat.CHECKPOINT + Long.BYTES;
  private static final int HEADER_END = COUNT + Integer.BYTES;

  /** More than any checkpoint has, so that a damaged count is seen as one. */
  private static final int PAGES_MAX = 1 << 26;

  /** What stays reserved between checkpoints. */
  private static final long KEPT_BYTES_MAX = 256L << 20;

  private final DiskFile file;
  private final StoreId store;
  private long reservedBytes;

  Journal(DiskFile file, StoreId store) throws IOException {
    this.file = file;
    this.store = store;
    this.reservedBytes = file.length();
  }

  /** A complete journal's header and table. */
  private record Contents(long checkpoint, int[] places, int[] checksums) {
    long pagesAt() {
      return PAGE_BYTES + tableBytes(places.length);
    }
  }

  private static long tableBytes(int pages) {
    return ((long) pages * ENTRY_BYTES + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
  }

  long fileBytes() {
    return reservedBytes;
  }

  /** Reserves the space for so many pages. */
  void reserve(int pages) throws IOException {
    long bytes = PAGE_BYTES + tableBytes(pages) + ((long) pages << PAGE_SHIFT);
    if (bytes > reservedBytes) {
      file.allocate(reservedBytes, bytes - reservedBytes);
      reservedBytes = bytes;
    }
  }

  /** Writes a checkpoint's pages and syncs. */
  void write(long checkpoint, List<PageImage> images) throws IOException {
    ByteBuffer table = ByteBuffer.allocate((int) tableBytes(images.size()));
    for (PageImage image : images) {
      table.putInt(image.place()).putInt(image.checksum());
    }
    table.clear();
    ByteBuffer header = header(checkpoint, images.size(), table);
    file.write(0, header);
    file.write(PAGE_BYTES, table);
    long at = PAGE_BYTES + tableBytes(images.size());
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    for (PageImage image : images) {
      buffer.put(image.content());
      if (!buffer.hasRemaining()) {
        file.write(at, buffer.flip());
        at += BUFFER_BYTES;
        buffer.clear();
      }
    }
    file.write(at, buffer.flip());
    file.sync();
  }

  private ByteBuffer header(long checkpoint, int pages, ByteBuffer table) {
    ByteBuffer header = ByteBuffer.allocate(PAGE_BYTES);
    header.putLong(PageFormat.MAGIC, PageFormat.JOURNAL_MAGIC);
    header.putInt(PageFormat.VERSION_AT, PageFormat.VERSION);
    header.putLong(PageFormat.STORE_ID, store.high());
    header.putLong(PageFormat.STORE_ID + Long.BYTES, store.low());
    header.putLong(PageFormat.CHECKPOINT, checkpoint);
    header.putInt(COUNT, pages);
    header.putInt(PageFormat.CRC, crc(header, table));
    return header;
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

  /** Makes the journal one that opening ignores; not synced. */
  void invalidate() throws IOException {
    file.write(0, ByteBuffer.allocate(HEADER_END));
    if (reservedBytes > KEPT_BYTES_MAX) {
      file.truncate(KEPT_BYTES_MAX);
      reservedBytes = KEPT_BYTES_MAX;
    }
  }

  /**
   * Repeats the journal's checkpoint if the journal is complete, and syncs.
   *
   * @param index {@code index.db}
   */
  void replayInto(DiskFile index) throws IOException {
    Contents contents = complete();
    if (contents == null) {
      return;
    }
    byte[] page = new byte[PAGE_BYTES];
    for (int i = 0; i < contents.places.length; i++) {
      readPage(contents, i, page);
      index.write((long) contents.places[i] << PAGE_SHIFT, ByteBuffer.wrap(page));
    }
    index.sync();
    invalidate();
  }

  private @Nullable Contents complete() throws IOException {
    Contents contents = readContents();
    if (contents == null) {
      return null;
    }
    byte[] page = new byte[PAGE_BYTES];
    for (int i = 0; i < contents.places.length; i++) {
      if (!readPage(contents, i, page)) {
        return null;
      }
    }
    return contents;
  }

  private boolean readPage(Contents contents, int index, byte[] page) throws IOException {
    long at = contents.pagesAt() + ((long) index << PAGE_SHIFT);
    return file.read(at, ByteBuffer.wrap(page)) == PAGE_BYTES
        && PageFormat.checksum(contents.places[index], page) == contents.checksums[index];
  }

  private @Nullable Contents readContents() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(PAGE_BYTES);
    if (file.read(0, header) < PAGE_BYTES
        || header.getLong(PageFormat.MAGIC) != PageFormat.JOURNAL_MAGIC) {
      return null;
    }
    int count = header.getInt(COUNT);
    if (count < 0 || count > PAGES_MAX || PAGE_BYTES + tableBytes(count) > file.length()) {
      return null;
    }
    ByteBuffer table = ByteBuffer.allocate((int) tableBytes(count));
    if (file.read(PAGE_BYTES, table) < table.capacity()
        || crc(header, table) != header.getInt(PageFormat.CRC)) {
      return null;
    }
    checkOwner(header);
    int[] places = new int[count];
    int[] checksums = new int[count];
    table.clear();
    for (int i = 0; i < count; i++) {
      places[i] = table.getInt();
      checksums[i] = table.getInt();
    }
    return new Contents(header.getLong(PageFormat.CHECKPOINT), places, checksums);
  }

  private void checkOwner(ByteBuffer header) throws IOException {
    int version = header.getInt(PageFormat.VERSION_AT);
    if (version > PageFormat.VERSION) {
      throw new FormatTooNewException(Path.of(JOURNAL_FILE), version, PageFormat.VERSION);
    }
    StoreId found =
        new StoreId(
            header.getLong(PageFormat.STORE_ID), header.getLong(PageFormat.STORE_ID + Long.BYTES));
    if (!found.equals(store)) {
      throw new CorruptStoreException(
          JOURNAL_FILE, PageFormat.STORE_ID, "belongs to store " + found + ", not to " + store);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
