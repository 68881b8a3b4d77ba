package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.PAGE_BYTES;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A file {@code checkpoints/N.journal}: the pages of each checkpoint behind the N-th, one after the
 * other, ahead of their way to {@code index.db}. Its first page says which was applied last.
 */
final class Journal implements Closeable {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final long RECORDS_AT = PAGE_BYTES;

  private final DiskFile file;
  private final StoreId store;
  private final long after;
  private final List<PageRecord> records = new ArrayList<>();
  private long reservedBytes;
  private long applied;

  private Journal(DiskFile file, StoreId store, long after) throws IOException {
    this.file = file;
    this.store = store;
    this.after = after;
    this.reservedBytes = file.length();
  }

  /** Makes an empty one; its content is durable on return, its name is not. */
  static Journal create(Disk disk, StoreId store, long after) throws IOException {
    Journal journal =
        new Journal(disk.open(CopyFiles.journal(after), OpenMode.CREATE), store, after);
    try {
      journal.markApplied(after);
      journal.file.sync();
      journal.reservedBytes = RECORDS_AT;
      return journal;
    } catch (IOException | RuntimeException e) {
      journal.close();
      throw e;
    }
  }

  /** Reads where its records are; whether the last one is whole is not looked at. */
  static Journal open(Disk disk, StoreId store, long after) throws IOException {
    DiskFile file = disk.open(CopyFiles.journal(after), OpenMode.READ_WRITE);
    try {
      Journal journal = new Journal(file, store, after);
      journal.applied = journal.readApplied();
      long at = RECORDS_AT;
      for (PageRecord next = PageRecord.read(file, at, store);
          next != null && journal.continues(next);
          next = PageRecord.read(file, at, store)) {
        journal.records.add(next);
        at = next.end();
      }
      return journal;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private boolean continues(PageRecord next) {
    return records.isEmpty()
        || next.checkpoint() == records.get(records.size() - 1).checkpoint() + 1;
  }

  /** The checkpoint that its first record comes behind. */
  long after() {
    return after;
  }

  List<PageRecord> records() {
    return records;
  }

  /** The checkpoint that is known to be in {@code index.db}; 0 when that is not known. */
  long applied() {
    return applied;
  }

  long fileBytes() {
    return reservedBytes;
  }

  /** What its records take, in bytes. */
  long recordBytes() {
    return end() - RECORDS_AT;
  }

  private long end() {
    return records.isEmpty() ? RECORDS_AT : records.get(records.size() - 1).end();
  }

  /** Reserves the space for a record of so many pages. */
  void reserve(int pages) throws IOException {
    long bytes = end() + PageRecord.bytes(pages);
    if (bytes > reservedBytes) {
      file.allocate(reservedBytes, bytes - reservedBytes);
      reservedBytes = bytes;
    }
  }

  /** Writes a checkpoint's pages and syncs. */
  void append(long checkpoint, List<PageImage> images) throws IOException {
    PageRecord record = new PageRecord(file, end(), checkpoint, images.size());
    record.writeHead(store, images);
    long at = record.pageAt(0);
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
    records.add(record);
  }

  /** Makes what was found at opening durable: who wrote it may have died before the sync. */
  void sync() throws IOException {
    file.sync();
  }

  /** Notes that a checkpoint is in {@code index.db}; not synced. */
  void markApplied(long checkpoint) throws IOException {
    byte[] mark = new byte[PageFormat.MARK_BYTES];
    PageFormat.putLong(mark, PageFormat.MAGIC, PageFormat.MARK_MAGIC);
    PageFormat.putInt(mark, PageFormat.VERSION_AT, PageFormat.VERSION);
    PageFormat.putLong(mark, PageFormat.STORE_ID, store.high());
    PageFormat.putLong(mark, PageFormat.STORE_ID + Long.BYTES, store.low());
    PageFormat.putLong(mark, PageFormat.CHECKPOINT, checkpoint);
    PageFormat.putInt(mark, PageFormat.CRC, PageFormat.checksum(0, mark, 0, mark.length));
    file.write(0, ByteBuffer.wrap(mark));
    applied = checkpoint;
  }

  private long readApplied() throws IOException {
    byte[] mark = new byte[PageFormat.MARK_BYTES];
    if (file.read(0, ByteBuffer.wrap(mark)) < mark.length) {
      return 0;
    }
    int crc = PageFormat.getInt(mark, PageFormat.CRC);
    PageFormat.putInt(mark, PageFormat.CRC, 0);
    boolean sound =
        PageFormat.getLong(mark, PageFormat.MAGIC) == PageFormat.MARK_MAGIC
            && PageFormat.checksum(0, mark, 0, mark.length) == crc;
    return sound ? PageFormat.getLong(mark, PageFormat.CHECKPOINT) : 0;
  }

  /** Forgets the last record, which is not whole. */
  void dropLast() {
    records.remove(records.size() - 1);
  }

  /**
   * Takes away what stands behind the last record, so that what an interrupted append left can
   * never pass for a part of the next one.
   */
  void trim() throws IOException {
    if (file.length() > end()) {
      file.truncate(end());
      file.sync();
    }
    reservedBytes = Math.max(RECORDS_AT, end());
  }

  /** Begins anew at the front: its records are applied, and kept for nothing. */
  void restart() {
    records.clear();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
