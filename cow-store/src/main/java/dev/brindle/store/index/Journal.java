package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.PAGE_BYTES;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.HostErrors;
import dev.brindle.store.disk.Leftover;
import dev.brindle.store.disk.Redirty;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

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
  private final List<CorruptStoreException> damages = new ArrayList<>();
  private long reservedBytes;
  private long applied;

  /** What may be a torn tail, and may be the last checkpoint, rotten. */
  private @Nullable PageRecord doubtful;

  private Journal(DiskFile file, StoreId store, long after) throws IOException {
    this.file = file;
    this.store = store;
    this.after = after;
    this.reservedBytes = file.length();
  }

  /** Makes an empty one; its content is durable on return, its name is not. */
  static Journal create(Disk disk, StoreId store, long after) throws IOException {
    String name = CopyFiles.journal(after);
    Journal journal = new Journal(disk.open(name, OpenMode.CREATE), store, after);
    try {
      journal.markApplied(after);
      journal.file.sync();
      journal.reservedBytes = RECORDS_AT;
      return journal;
    } catch (IOException | RuntimeException e) {
      journal.close();
      Leftover.delete(disk, name, e);
      throw e;
    }
  }

  /**
   * Reads where its records are, and whether the last one is whole. What an interrupted append left
   * is cut off.
   *
   * @param successor the checkpoint behind which another journal was begun: this one held it, and
   *     nothing of it is a torn tail; negative when it is the last
   */
  static Journal open(Disk disk, StoreId store, long after, long successor) throws IOException {
    DiskFile file = disk.open(CopyFiles.journal(after), OpenMode.READ_WRITE);
    try {
      Journal journal = new Journal(file, store, after);
      journal.load(successor);
      return journal;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void load(long successor) throws IOException {
    JournalScan scan = JournalScan.of(file, store, RECORDS_AT);
    records.addAll(scan.records());
    damages.addAll(scan.damages());
    loadApplied();
    long durable = Math.max(successor, applied);
    judgeLast(durable);
    if (lastCheckpoint() < durable) {
      damages.add(damage(end(), "the record of checkpoint " + durable + " is missing"));
    } else if (successor < 0 && doubtful == null) {
      trim();
    }
    damages.forEach(damage -> Logger.warn("{}", damage.getMessage()));
  }

  /** A journal begins when what is before it is in {@code index.db}, whatever its mark says. */
  private void loadApplied() throws IOException {
    long mark = readMark();
    applied = Math.max(after, mark);
    if (mark < 0 && records.isEmpty()) {
      // Its name was on the disk before its content was.
      markApplied(after);
    } else if (mark < 0) {
      damages.add(damage(0, "the mark is not what was written"));
    }
  }

  /** Returns -1 for a mark that is damaged. */
  private long readMark() throws IOException {
    try {
      return JournalMark.read(file);
    } catch (IOException e) {
      if (!HostErrors.isInputOutput(e)) {
        throw e;
      }
      Logger.warn("{}: {}", file.name(), e.getMessage());
      return -1;
    }
  }

  /** A last record that is not whole may be a torn one, unless it was once known to be durable. */
  private void judgeLast(long durable) throws IOException {
    if (records.isEmpty() || isWhole(last(), durable)) {
      return;
    }
    if (last().checkpoint() <= durable) {
      damages.add(damage(last().at(), "a page of the record is not what was written"));
    } else {
      doubtful = records.remove(records.size() - 1);
    }
  }

  /** What cannot be read of a record that {@code index.db} has is damage, and keeps nobody out. */
  private static boolean isWhole(PageRecord record, long durable) throws IOException {
    try {
      return record.isWhole();
    } catch (IOException e) {
      if (record.checkpoint() > durable || !HostErrors.isInputOutput(e)) {
        throw e;
      }
      Logger.warn("{}: {}", record.file().name(), e.getMessage());
      return false;
    }
  }

  /** A last record that is not whole and may never have been durable; null when there is none. */
  @Nullable PageRecord doubtful() {
    return doubtful;
  }

  /** It was never durable, or the checkpoint before it is to be had as well. */
  void dropDoubtful() throws IOException {
    doubtful = null;
    trim();
  }

  /** It was durable, and is a record with damage. */
  void keepDoubtful(PageRecord rotten) {
    doubtful = null;
    records.add(rotten);
    damages.add(damage(rotten.at(), "a page of the record is not what was written"));
  }

  private CorruptStoreException damage(long offset, String what) {
    return new CorruptStoreException(file.name(), offset, what);
  }

  /** The checkpoint that its first record comes behind. */
  long after() {
    return after;
  }

  List<PageRecord> records() {
    return records;
  }

  /** The last record. */
  PageRecord last() {
    return records.get(records.size() - 1);
  }

  private long lastCheckpoint() {
    return records.isEmpty() ? after : last().checkpoint();
  }

  /** What was found damaged when it was opened; nothing is appended to a damaged journal. */
  List<CorruptStoreException> damages() {
    return damages;
  }

  /** The last checkpoint that is known to be in {@code index.db}. */
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
    return records.isEmpty() ? RECORDS_AT : last().end();
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
    PageRecord.Head head = record.head(store);
    for (PageImage image : images) {
      head.add(image);
    }
    head.finish();
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

  /**
   * Makes what was found at opening durable: who wrote the last record may have died before the
   * sync, or seen it fail.
   */
  void sync() throws IOException {
    if (!records.isEmpty()) {
      Redirty.range(file, last().at(), last().end());
    }
    file.sync();
  }

  /** Notes that a checkpoint is in {@code index.db}; not synced. */
  void markApplied(long checkpoint) throws IOException {
    JournalMark.write(file, store, checkpoint);
    applied = checkpoint;
  }

  /** What is wrong with the mark; null when nothing is. */
  @Nullable CorruptStoreException markDamage() throws IOException {
    return JournalMark.read(file) == applied ? null : damage(0, "the mark is not what was written");
  }

  /**
   * Takes away what stands behind the last record, so that what an interrupted append left can
   * never pass for a part of the next one.
   */
  private void trim() throws IOException {
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

  /** Gives the space of its records back; they are applied, and kept for nothing. */
  void empty() throws IOException {
    records.clear();
    trim();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
