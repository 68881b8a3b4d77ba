package dev.brindle.store.index;

import static dev.brindle.store.index.CopyFiles.DIRECTORY;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.IndexLostException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The second copy of every page of the index: a base, and the journals of all checkpoints since.
 * While there is no base (the store is of format 1, a copy was found damaged, the disk was full)
 * the journal makes checkpoints atomic and is overwritten by each.
 *
 * <p>Its monitor is a leaf in the order of locks.
 */
final class Copies implements Closeable {
  private final Disk disk;
  private final StoreId store;

  /** Ascending; the last one is appended to. Journals and bases hold open files. */
  @GuardedBy("this")
  private final List<Journal> journals = new ArrayList<>();

  /** The base; null when there is none, or when it is the empty one that each store begins with. */
  @GuardedBy("this")
  private @Nullable PageRecord base;

  /** True when base and journals hold all of the last checkpoint. */
  @GuardedBy("this")
  private boolean complete;

  /** True while a base is written: what is behind it must be kept. */
  @GuardedBy("this")
  private boolean basing;

  private Copies(Disk disk, StoreId store) {
    this.disk = disk;
    this.store = store;
  }

  /** The copies of an index that has no page yet. */
  static Copies create(Disk disk, StoreId store) throws IOException {
    disk.createDirectory(DIRECTORY);
    Copies copies = new Copies(disk, store);
    copies.begin();
    return copies;
  }

  private synchronized void begin() throws IOException {
    startJournal(0);
    complete = true;
  }

  /** What there is of copies; makes the directory where there is none. */
  static Copies open(Disk disk, StoreId store) throws IOException {
    Copies copies = new Copies(disk, store);
    try {
      if (!disk.exists(DIRECTORY)) {
        disk.createDirectory(DIRECTORY);
        disk.syncDirectory("");
      }
      copies.load();
      return copies;
    } catch (IOException | RuntimeException e) {
      try (copies) {
        throw e;
      }
    }
  }

  private synchronized void load() throws IOException {
    CopyFiles.removeUnfinished(disk);
    for (long after : CopyFiles.journals(disk)) {
      journals.add(Journal.open(disk, store, after));
    }
    dropTornTail();
    complete = loadBase() && isContiguous();
    if (complete) {
      removeOlderThan(baseNumber());
    }
  }

  /** The last record may be what a crash left of one; each before it was synced. */
  @GuardedBy("this")
  private void dropTornTail() throws IOException {
    Journal last = lastWithRecords();
    if (last != null && !lastOf(last).isWhole()) {
      last.dropLast();
    }
    for (Journal journal : journals) {
      journal.trim();
    }
  }

  @GuardedBy("this")
  private @Nullable Journal lastWithRecords() {
    for (int i = journals.size() - 1; i >= 0; i--) {
      if (!journals.get(i).records().isEmpty()) {
        return journals.get(i);
      }
    }
    return null;
  }

  private static PageRecord lastOf(Journal journal) {
    return journal.records().get(journal.records().size() - 1);
  }

  /** Finds the newest base that has a sound beginning; false when there is none. */
  @GuardedBy("this")
  private boolean loadBase() throws IOException {
    List<Long> numbers = CopyFiles.bases(disk);
    for (int i = numbers.size() - 1; i >= 0; i--) {
      DiskFile file = disk.open(CopyFiles.base(numbers.get(i)), OpenMode.READ);
      PageRecord found = PageRecord.read(file, 0, store);
      if (found != null && found.checkpoint() == numbers.get(i)) {
        base = found;
        return true;
      }
      Logger.warn("{} is damaged, and is no copy of the index any more", file.name());
      file.close();
    }
    return !journals.isEmpty() && journals.get(0).after() == 0;
  }

  @GuardedBy("this")
  private long baseNumber() {
    return base == null ? 0 : base.checkpoint();
  }

  /** Whether the journals hold each checkpoint behind the base. */
  @GuardedBy("this")
  private boolean isContiguous() {
    long expected = baseNumber() + 1;
    boolean hasJournal = false;
    for (Journal journal : journals) {
      hasJournal |= journal.after() >= baseNumber();
      for (PageRecord record : journal.records()) {
        if (record.checkpoint() > expected) {
          return false;
        }
        if (record.checkpoint() == expected) {
          expected++;
        }
      }
    }
    return hasJournal;
  }

  /** The last checkpoint that they hold; 0 for none. */
  synchronized long last() {
    Journal last = lastWithRecords();
    return Math.max(baseNumber(), last == null ? 0 : lastOf(last).checkpoint());
  }

  /** Whether they are all of the checkpoint that {@link #last} says. */
  synchronized boolean isComplete() {
    return complete;
  }

  /**
   * Compares them with the index that was opened, which may be newer: a Brindle of format 1 had the
   * store meanwhile, or a journal's end is damaged.
   */
  synchronized void settle(long checkpoint) throws IOException {
    long newest = Math.max(last(), lastApplied());
    if (newest > checkpoint) {
      throw new IndexLostException(
          disk.toString(),
          "index",
          "is an old one (of checkpoint %d, and it was at %d before)"
              .formatted(checkpoint, newest));
    }
    if (last() != checkpoint) {
      if (complete && last() > 0) {
        Logger.warn(
            "the index's copies end at checkpoint {}, and it is at {}: they are made anew",
            last(),
            checkpoint);
      }
      complete = false;
    }
    if (journals.isEmpty()) {
      startJournal(checkpoint);
    }
  }

  /**
   * Repeats the last checkpoint on {@code index.db} if it may not be there wholly, and syncs.
   *
   * @param indexCheckpoint what the header of {@code index.db} says, negative when it is damaged
   */
  synchronized void applyLastTo(DiskFile index, long indexCheckpoint) throws IOException {
    Journal journal = lastWithRecords();
    if (journal == null
        || lastOf(journal).checkpoint() == journal.applied()
        || indexCheckpoint > lastOf(journal).checkpoint()
        || isKnownStale()) {
      return;
    }
    journal.sync();
    lastOf(journal).applyTo(index, place -> true);
    index.sync();
    journal.markApplied(lastOf(journal).checkpoint());
  }

  /** True when an {@code index.db} that is older than this cannot have been its last. */
  synchronized boolean isKnownStale() {
    return lastApplied() > last();
  }

  /** The last checkpoint that is known to have been in {@code index.db}. */
  @GuardedBy("this")
  private long lastApplied() {
    return journals.stream().mapToLong(Journal::applied).max().orElse(0);
  }

  // ---- A checkpoint

  @GuardedBy("this")
  private Journal current() {
    return journals.get(journals.size() - 1);
  }

  /** Reserves the space for a checkpoint of so many pages. */
  synchronized void reserve(int pages) throws IOException {
    if (!complete && !basing) {
      current().restart();
    }
    current().reserve(pages);
  }

  /** Writes a checkpoint's pages and syncs: from here on it holds. */
  synchronized void append(long checkpoint, List<PageImage> images) throws IOException {
    current().append(checkpoint, images);
  }

  /** A checkpoint is in {@code index.db}, synced. */
  synchronized void applied(long checkpoint) throws IOException {
    current().markApplied(checkpoint);
  }

  /**
   * Gives the copies up: the disk is full, and checkpoints come first. What is in the journals must
   * have been applied.
   *
   * @return false when there was nothing to give
   */
  synchronized boolean giveUp() throws IOException {
    if (basing || (base == null && journals.size() == 1 && current().recordBytes() == 0)) {
      return false;
    }
    Logger.warn(
        "the host's disk is nearly full: the index does without its copies until it is not");
    complete = false;
    current().restart();
    current().trim();
    dropBase();
    removeOlderThan(current().after());
    return true;
  }

  // ---- A new base

  /** What the copies take, in bytes. */
  synchronized long fileBytes() {
    long bytes = base == null ? 0 : base.end();
    for (Journal journal : journals) {
      bytes += journal.fileBytes();
    }
    return bytes;
  }

  /** What the journals hold, in bytes. */
  synchronized long journalBytes() {
    return journals.stream().mapToLong(Journal::recordBytes).sum();
  }

  /**
   * Begins a base of a checkpoint that is in {@code index.db}: what follows goes to a new journal.
   */
  synchronized void beginBase(long checkpoint) throws IOException {
    if (current().after() != checkpoint) {
      startJournal(checkpoint);
    }
    basing = true;
  }

  /** The base is whole and durable: what it holds is kept there alone. */
  synchronized void baseDone(long checkpoint) throws IOException {
    DiskFile file = disk.open(CopyFiles.base(checkpoint), OpenMode.READ);
    PageRecord written = PageRecord.read(file, 0, store);
    if (written == null) {
      file.close();
      throw new CorruptStoreException(
          CopyFiles.base(checkpoint), 0, "is not what was just written");
    }
    PageRecord old = base;
    base = written;
    complete = true;
    if (old != null) {
      old.file().close();
    }
    removeOlderThan(checkpoint);
  }

  /** No base is written any more, whether one was made or not. */
  synchronized void baseEnded() throws IOException {
    basing = false;
    if (!complete) {
      removeOlderThan(current().after());
    }
  }

  @GuardedBy("this")
  private void startJournal(long after) throws IOException {
    if (disk.exists(CopyFiles.journal(after))) {
      // An earlier attempt failed half-way; those that are in use have other numbers.
      disk.delete(CopyFiles.journal(after));
    }
    journals.add(Journal.create(disk, store, after));
    disk.syncDirectory(DIRECTORY);
  }

  @GuardedBy("this")
  private void dropBase() throws IOException {
    PageRecord old = base;
    base = null;
    if (old != null) {
      old.file().close();
      disk.delete(CopyFiles.base(old.checkpoint()));
    }
  }

  /** Deletes what no longer adds to the present base. */
  @GuardedBy("this")
  private void removeOlderThan(long checkpoint) throws IOException {
    while (journals.size() > 1 && journals.get(0).after() < checkpoint) {
      Journal oldest = journals.remove(0);
      oldest.close();
      disk.delete(CopyFiles.journal(oldest.after()));
    }
    for (long number : CopyFiles.bases(disk)) {
      if (number < checkpoint) {
        disk.delete(CopyFiles.base(number));
      }
    }
  }

  // ---- Reading

  /** A page's image that has this checksum, or null when there is none that is sound. */
  synchronized byte @Nullable [] find(int place, int checksum) throws IOException {
    List<PageRecord> records = records();
    IOException unreadable = null;
    for (int i = records.size() - 1; i >= 0; i--) {
      try {
        byte[] found = records.get(i).find(place, checksum);
        if (found != null) {
          return found;
        }
      } catch (CorruptStoreException e) {
        Logger.warn("a copy of the index is damaged too: {}", e.getMessage());
      } catch (IOException e) {
        unreadable = e;
      }
    }
    if (unreadable != null) {
      throw unreadable;
    }
    return null;
  }

  /** Base and journals, oldest first. */
  @GuardedBy("this")
  private List<PageRecord> records() {
    List<PageRecord> records = new ArrayList<>();
    if (base != null) {
      records.add(base);
    }
    journals.forEach(journal -> records.addAll(journal.records()));
    return records;
  }

  /**
   * Writes every page's newest sound image to its place; not synced.
   *
   * @return how many images were damaged
   */
  synchronized int writeAllTo(DiskFile index) throws IOException {
    int damaged = 0;
    for (PageRecord record : records()) {
      damaged += record.applyTo(index, place -> true);
    }
    return damaged;
  }

  /** Writes the newest images of the header and of the checksum pages; not synced. */
  synchronized void writeFrameTo(DiskFile index) throws IOException {
    for (PageRecord record : records()) {
      record.applyTo(index, place -> place == 0 || PageFormat.isChecksumPlace(place));
    }
  }

  @Override
  public synchronized void close() throws IOException {
    PageRecord held = base;
    try (Closeable files = held == null ? () -> {} : held.file()) {
      for (Journal journal : journals) {
        journal.close();
      }
    }
  }
}
