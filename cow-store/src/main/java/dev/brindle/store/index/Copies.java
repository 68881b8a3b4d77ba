package dev.brindle.store.index;

import static dev.brindle.store.index.CopyFiles.DIRECTORY;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.IndexLostException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The second copy of every page of the index: a base, and the journals of all checkpoints since.
 * Also without a base (the store is of format 1, a copy was found damaged) a journal makes each
 * checkpoint atomic; while the disk has no room for copies, each overwrites the one before it.
 *
 * <p>Its monitor is a leaf in the order of locks.
 */
final class Copies implements Closeable {
  private final Disk disk;
  private final StoreId store;

  @GuardedBy("this")
  private final CopySet files;

  /** The last checkpoint that is known to have been durable, by others than the copies. */
  private final long durable;

  /** True when base and journals hold all of the last checkpoint. */
  @GuardedBy("this")
  private boolean complete;

  /** True while the disk has no room for more than one record. */
  @GuardedBy("this")
  private boolean overwriting;

  /** True while a base is written: what is behind it must be kept. */
  @GuardedBy("this")
  private boolean basing;

  private Copies(Disk disk, StoreId store, long durable) {
    this.disk = disk;
    this.store = store;
    this.files = new CopySet(disk, store);
    this.durable = durable;
  }

  /** The copies of an index that has no page yet. */
  static Copies create(Disk disk, StoreId store) throws IOException {
    disk.createDirectory(DIRECTORY);
    Copies copies = new Copies(disk, store, 0);
    copies.begin();
    return copies;
  }

  private synchronized void begin() throws IOException {
    files.startJournal(0);
    complete = true;
  }

  /**
   * What there is of copies; makes the directory where there is none.
   *
   * @param durable the last checkpoint that is known to have been durable; 0 when none is
   */
  static Copies open(Disk disk, StoreId store, long durable) throws IOException {
    Copies copies = new Copies(disk, store, durable);
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
    files.load();
    complete = files.isWhole();
    if (complete) {
      files.removeOlderThan(files.baseNumber());
    }
  }

  /** The last checkpoint of which they have anything; 0 for none. */
  synchronized long last() {
    return files.last();
  }

  /** The last checkpoint that is known to have been made, whether they have it or not. */
  synchronized long newestKnown() {
    return Math.max(durable, Math.max(files.last(), files.lastApplied()));
  }

  /** The checkpoint up to which they have each one; 0 when that is none. */
  synchronized long unbrokenTo() {
    return files.unbrokenTo();
  }

  /** Whether they are all of the checkpoint that {@link #last} says. */
  synchronized boolean isComplete() {
    return complete;
  }

  /** Whether {@code index.db} as of its last checkpoint can be made from them. */
  synchronized boolean canReplaceIndex() {
    return complete && files.last() > 0 && !isKnownStale();
  }

  /** True when an {@code index.db} that is older than this cannot have been its last. */
  @GuardedBy("this")
  private boolean isKnownStale() {
    return Math.max(durable, files.lastApplied()) > files.last();
  }

  /**
   * Compares them with the index that was opened, which may be newer: a Brindle of format 1 had the
   * store meanwhile, or a journal's end is damaged.
   *
   * @throws IndexLostException it is older than what was durable once
   */
  synchronized void settle(long checkpoint) throws IOException {
    if (newestKnown() > checkpoint) {
      throw new IndexLostException(
          disk.toString(),
          "index",
          "is an old one (of checkpoint %d, and it was at %d before)"
              .formatted(checkpoint, newestKnown()));
    }
    if (files.last() != checkpoint) {
      if (complete && files.last() > 0) {
        Logger.warn(
            "the index's copies end at checkpoint {}, and it is at {}: they are made anew",
            files.last(),
            checkpoint);
      }
      complete = false;
    }
    if (!files.isAppendable()) {
      files.startJournal(checkpoint);
    }
  }

  /**
   * Has the index go on behind a checkpoint of a number that no copy and nobody else knows; they
   * are no copies of it.
   *
   * @return that number
   */
  synchronized long leaveBehind(long checkpoint) throws IOException {
    long next = Math.max(newestKnown(), checkpoint) + 1;
    files.startJournal(next);
    complete = false;
    return next;
  }

  /**
   * Decides whether a last record with damaged pages was torn. If a page of it is in {@code
   * index.db}, it was durable; then the checkpoint before it can be had from the copies, or else
   * what is sound of it is worth more than what it has half replaced.
   */
  synchronized void judgeLast(DiskFile index) throws IOException {
    for (Journal journal : files.journals()) {
      PageRecord doubtful = journal.doubtful();
      if (doubtful == null) {
        continue;
      }
      if (complete || new HalfApplied(index, store).isUntouchedBy(doubtful)) {
        journal.dropDoubtful();
      } else {
        doubtful.applyTo(index, place -> true);
        index.sync();
        journal.keepDoubtful(doubtful);
        Logger.error("{} has lost a page of the last checkpoint", doubtful.file().name());
      }
    }
  }

  /**
   * Takes {@code index.db} back to the last checkpoint that the copies have, when it is half-way to
   * the next one, whose record is damaged: nothing that came behind that depends on it yet.
   *
   * @return whether it did, to the frame alone: pages may still be those of the next one
   */
  synchronized boolean turnBack(DiskFile index) throws IOException {
    boolean turns =
        canReplaceIndex()
            && IndexFrame.checkpointOf(index) == files.last() + 1
            && !new HalfApplied(index, store).isWhole();
    if (turns) {
      Logger.warn(
          "the record of checkpoint {} is damaged, and half of it applied: the one before stands",
          files.last() + 1);
      writeFrameTo(index);
      index.sync();
    }
    return turns;
  }

  /**
   * Repeats the last checkpoint on {@code index.db} if it may not be there wholly, and syncs.
   *
   * @param indexCheckpoint what the header of {@code index.db} says, negative when it is damaged
   */
  synchronized void applyLastTo(DiskFile index, long indexCheckpoint) throws IOException {
    Journal journal = files.lastWithRecords();
    if (journal == null || isKnownStale()) {
      return;
    }
    PageRecord last = journal.last();
    boolean fits = indexCheckpoint < 0 || last.checkpoint() - indexCheckpoint <= 1;
    if (last.checkpoint() == files.lastApplied() || indexCheckpoint > last.checkpoint() || !fits) {
      return;
    }
    journal.sync();
    last.applyTo(index, place -> true);
    index.sync();
    journal.markApplied(last.checkpoint());
  }

  // ---- A checkpoint

  /** Reserves the space for a checkpoint of so many pages. */
  synchronized void reserve(int pages) throws IOException {
    if (overwriting && !basing) {
      files.current().restart();
    }
    files.current().reserve(pages);
  }

  /** Writes a checkpoint's pages and syncs: from here on it holds. */
  synchronized void append(long checkpoint, List<PageImage> images) throws IOException {
    files.current().append(checkpoint, images);
  }

  /** A checkpoint is in {@code index.db}, synced. */
  synchronized void applied(long checkpoint) throws IOException {
    files.current().markApplied(checkpoint);
  }

  /**
   * Gives the copies up: the disk is full, and checkpoints come first. What is in the journals must
   * have been applied.
   *
   * @return false when there was nothing to give
   */
  synchronized boolean giveUp() throws IOException {
    if (basing || (files.records().isEmpty() && files.journals().size() == 1)) {
      return false;
    }
    Logger.warn(
        "the host's disk is nearly full: the index does without its copies until it is not");
    complete = false;
    overwriting = true;
    files.current().empty();
    files.dropBase();
    files.removeOlderThan(files.current().after());
    return true;
  }

  // ---- A new base

  /** Whether a new base would bring anything. */
  synchronized boolean isRenewalDue(long journalBytesMax) {
    return !complete || journalBytes() > journalBytesMax;
  }

  /** Whether they grow with each checkpoint beyond that. */
  synchronized boolean growBeyond(long journalBytesMax) {
    return !overwriting && journalBytes() > journalBytesMax;
  }

  /** What they take, in bytes. */
  synchronized long fileBytes() {
    return files.fileBytes();
  }

  /** What the journals hold, in bytes. */
  @GuardedBy("this")
  private long journalBytes() {
    return files.journals().stream().mapToLong(Journal::recordBytes).sum();
  }

  /**
   * Begins a base of a checkpoint that is in {@code index.db}: what follows goes to a new journal.
   */
  synchronized void beginBase(long checkpoint) throws IOException {
    if (files.current().after() != checkpoint) {
      files.startJournal(checkpoint);
    }
    basing = true;
  }

  /** The checkpoint of the base that was begun. */
  synchronized long basedOn() {
    return files.current().after();
  }

  /** The base is whole and durable: what it holds is kept there alone. */
  synchronized void baseDone(long checkpoint) throws IOException {
    files.replaceBase(checkpoint);
    complete = true;
    overwriting = false;
  }

  /** No base is written any more, whether one was made or not. */
  synchronized void baseEnded() throws IOException {
    basing = false;
    if (overwriting) {
      files.removeOlderThan(files.current().after());
    }
  }

  // ---- Reading

  /** A page's image that has this checksum, or null when there is none that is sound. */
  synchronized byte @Nullable [] find(int place, int checksum) throws IOException {
    return files.find(place, checksum);
  }

  /** Base and journals' records, oldest first. */
  synchronized List<PageRecord> records() {
    return files.records();
  }

  /**
   * Verifies some pages of a record; when one is damaged, the copies are to be made anew.
   *
   * @return how many pages that were; 0 at the record's end, or when it is gone
   */
  synchronized int verify(PageRecord record, int first, int most, Consumer<String> damages)
      throws IOException {
    int count = Math.min(most, record.pages() - first);
    if (count <= 0 || !files.records().contains(record)) {
      return 0;
    }
    try {
      for (CorruptStoreException damage : record.verify(first, count)) {
        noteDamage(damage.getMessage(), damages);
      }
      return count;
    } catch (CorruptStoreException e) {
      noteDamage(e.getMessage(), damages);
      return 0;
    }
  }

  /** Verifies what the journals say of themselves. */
  synchronized void verifyMarks(Consumer<String> damages) throws IOException {
    for (Journal journal : files.journals()) {
      CorruptStoreException damage = journal.markDamage();
      if (damage != null) {
        noteDamage(damage.getMessage(), damages);
      }
    }
  }

  @GuardedBy("this")
  private void noteDamage(@Nullable String damage, Consumer<String> damages) {
    complete = false;
    damages.accept(damage + "; the index's copies are made anew");
  }

  /**
   * Writes every page's newest sound image to its place; not synced.
   *
   * @param checkpoint the last one that counts
   * @return how many images were damaged
   */
  synchronized int writeAllTo(DiskFile index, long checkpoint) throws IOException {
    return files.writeTo(index, checkpoint, place -> true);
  }

  /** Writes the newest images of the header and of the checksum pages; not synced. */
  synchronized void writeFrameTo(DiskFile index) throws IOException {
    files.writeTo(index, Long.MAX_VALUE, place -> place == 0 || PageFormat.isChecksumPlace(place));
  }

  @Override
  public synchronized void close() throws IOException {
    files.close();
  }
}
