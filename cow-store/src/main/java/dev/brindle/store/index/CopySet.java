package dev.brindle.store.index;

import static dev.brindle.store.index.CopyFiles.DIRECTORY;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.HostErrors;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The files of the index's copies and what they hold: a base, and the journals behind it. {@link
 * Copies} decides what becomes of them, and guards them.
 */
final class CopySet implements Closeable {
  private final Disk disk;
  private final StoreId store;

  /** Ascending; the last one is appended to. Journals and bases hold open files. */
  private final List<Journal> journals = new ArrayList<>();

  /** The base; null when there is none, or when it is the empty one that each store begins with. */
  private @Nullable PageRecord base;

  CopySet(Disk disk, StoreId store) {
    this.disk = disk;
    this.store = store;
  }

  /** Finds what there is. */
  void load() throws IOException {
    CopyFiles.removeUnfinished(disk);
    // a process that was killed may have left names that a crash of the host could yet take
    disk.syncDirectory(DIRECTORY);
    List<Long> numbers = CopyFiles.journals(disk);
    for (int i = 0; i < numbers.size(); i++) {
      long successor = i + 1 < numbers.size() ? numbers.get(i + 1) : -1;
      journals.add(Journal.open(disk, store, numbers.get(i), successor));
    }
    loadBase();
  }

  /** Finds the newest base that has a sound beginning. */
  private void loadBase() throws IOException {
    List<Long> numbers = CopyFiles.bases(disk);
    for (int i = numbers.size() - 1; i >= 0 && base == null; i--) {
      base = openBase(numbers.get(i));
    }
  }

  private @Nullable PageRecord openBase(long number) throws IOException {
    DiskFile file = disk.open(CopyFiles.base(number), OpenMode.READ);
    try {
      PageRecord found = PageRecord.read(file, 0, store);
      if (found != null && found.checkpoint() == number) {
        return found;
      }
    } catch (IOException | RuntimeException e) {
      if (!(e instanceof IOException unread) || !HostErrors.isInputOutput(unread)) {
        file.close();
        throw e;
      }
      Logger.warn("{}: {}", file.name(), e.getMessage());
    }
    Logger.warn("{} is damaged, and is no copy of the index any more", file.name());
    file.close();
    return null;
  }

  // ---- What they hold

  /** The checkpoint of the base. */
  long baseNumber() {
    return base == null ? 0 : base.checkpoint();
  }

  /** The journal that has the last record; null when none has one. */
  @Nullable Journal lastWithRecords() {
    for (int i = journals.size() - 1; i >= 0; i--) {
      if (!journals.get(i).records().isEmpty()) {
        return journals.get(i);
      }
    }
    return null;
  }

  /** The last checkpoint of which there is anything; 0 for none. */
  long last() {
    Journal last = lastWithRecords();
    return Math.max(baseNumber(), last == null ? 0 : last.last().checkpoint());
  }

  /** The last checkpoint that is known to have been in {@code index.db}. */
  long lastApplied() {
    long applied = journals.stream().mapToLong(Journal::applied).max().orElse(0);
    return Math.max(baseNumber(), applied);
  }

  /** The checkpoint up to which each one is there, from the base on; 0 when none is. */
  long unbrokenTo() {
    boolean hasBase = base != null || (!journals.isEmpty() && journals.get(0).after() == 0);
    if (!hasBase) {
      return 0;
    }
    long last = baseNumber();
    for (Journal journal : journals) {
      for (PageRecord record : journal.records()) {
        last = record.checkpoint() == last + 1 ? last + 1 : last;
      }
    }
    return last;
  }

  /** Whether each checkpoint from the base to the last known one is there. */
  boolean isWhole() {
    boolean hasJournal = journals.stream().anyMatch(j -> j.after() >= baseNumber());
    return hasJournal && unbrokenTo() == Math.max(last(), lastApplied()) && !isDamaged();
  }

  private boolean isDamaged() {
    return journals.stream().anyMatch(journal -> !journal.damages().isEmpty());
  }

  /** Base and journals' records, oldest first. */
  List<PageRecord> records() {
    List<PageRecord> records = new ArrayList<>();
    if (base != null) {
      records.add(base);
    }
    journals.forEach(journal -> records.addAll(journal.records()));
    return records;
  }

  List<Journal> journals() {
    return journals;
  }

  /** What they take, in bytes. */
  long fileBytes() {
    long bytes = base == null ? 0 : base.end();
    for (Journal journal : journals) {
      bytes += journal.fileBytes();
    }
    return bytes;
  }

  /** A page's image that has this checksum, or null when there is none that is sound. */
  byte @Nullable [] find(int place, int checksum) throws IOException {
    List<PageRecord> all = records();
    IOException unreadable = null;
    for (int i = all.size() - 1; i >= 0; i--) {
      try {
        byte[] found = all.get(i).find(place, checksum);
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

  /**
   * Writes the newest sound image of some pages to their places; not synced.
   *
   * @param checkpoint the last one that counts
   * @return how many images were damaged
   */
  int writeTo(DiskFile index, long checkpoint, IntPredicate places) throws IOException {
    int damaged = 0;
    for (PageRecord record : records()) {
      if (record.checkpoint() <= checkpoint) {
        damaged += record.applyTo(index, places);
      }
    }
    return damaged;
  }

  // ---- How they change

  /** The journal that is appended to. */
  Journal current() {
    return journals.get(journals.size() - 1);
  }

  /** Whether there is a journal that can be appended to. */
  boolean isAppendable() {
    return !journals.isEmpty() && current().damages().isEmpty();
  }

  /** Begins a journal of what comes behind a checkpoint that is in {@code index.db}. */
  void startJournal(long after) throws IOException {
    if (disk.exists(CopyFiles.journal(after))) {
      // An earlier attempt failed half-way; those that are in use have other numbers.
      disk.delete(CopyFiles.journal(after));
    }
    Journal journal = Journal.create(disk, store, after);
    try {
      disk.syncDirectory(DIRECTORY);
    } catch (IOException | RuntimeException e) {
      journal.close();
      throw e;
    }
    // not before: what is written to it counts on its name
    journals.add(journal);
  }

  /** Takes over a base that was just written. */
  void replaceBase(long checkpoint) throws IOException {
    PageRecord written = openBase(checkpoint);
    if (written == null) {
      throw new CorruptStoreException(
          CopyFiles.base(checkpoint), 0, "is not what was just written");
    }
    PageRecord old = base;
    base = written;
    if (old != null) {
      old.file().close();
    }
    removeOlderThan(checkpoint);
  }

  /** Deletes the base. */
  void dropBase() throws IOException {
    PageRecord old = base;
    base = null;
    if (old != null) {
      old.file().close();
      disk.delete(CopyFiles.base(old.checkpoint()));
    }
  }

  /** Deletes what adds nothing to a base of that checkpoint. */
  void removeOlderThan(long checkpoint) throws IOException {
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

  @Override
  public void close() throws IOException {
    PageRecord held = base;
    try (Closeable files = held == null ? () -> {} : held.file()) {
      for (Journal journal : journals) {
        journal.close();
      }
    }
  }
}
