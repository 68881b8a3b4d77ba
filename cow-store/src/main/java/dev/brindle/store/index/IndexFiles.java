package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.INDEX_FILE;
import static dev.brindle.store.index.PageFormat.OLD_JOURNAL_FILE;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.IndexLostException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.tinylog.Logger;

/** {@code index.db} and its copies, from their opening on. */
final class IndexFiles implements Closeable {
  /** Journals up to this length are kept however small the index is. */
  private static final long JOURNAL_BYTES_MIN = 16 << 20;

  /** So much of the disk, at most, is for that. */
  private static final int JOURNAL_SHARE = 256;

  /** The part of the disk that a new base must leave free. */
  private static final int FREE_SHARE = 32;

  private static final long FREE_BYTES_MAX = 1L << 30;

  private final Disk disk;
  private final StoreId store;
  private final PageFile file;
  private final Copies copies;
  private final LayeredPages pages;

  private IndexFiles(Disk disk, StoreId store, PageFile file, Copies copies) {
    this.disk = disk;
    this.store = store;
    this.file = file;
    this.copies = copies;
    this.pages = new LayeredPages(file, copies);
  }

  static IndexFiles create(Disk disk, StoreId store) throws IOException {
    DiskFile index = disk.open(INDEX_FILE, OpenMode.CREATE);
    Copies copies = Copies.create(disk, store);
    return new IndexFiles(disk, store, PageFile.empty(index, store, copies::find), copies);
  }

  /** Brings {@code index.db} to the last complete checkpoint. */
  static IndexFiles open(Disk disk, StoreId store) throws IOException {
    if (!disk.exists(INDEX_FILE)) {
      throw new IndexLostException(disk.toString(), "index", "is missing");
    }
    DiskFile index = disk.open(INDEX_FILE, OpenMode.READ_WRITE);
    try {
      Copies copies = Copies.open(disk, store);
      try {
        finishOldJournal(disk, store, index);
        copies.applyLastTo(index, PageFile.checkpointOf(index));
        PageFile file = openMended(disk, index, store, copies);
        copies.settle(file.checkpoint());
        return new IndexFiles(disk, store, file, copies);
      } catch (IOException | RuntimeException e) {
        copies.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      index.close();
      throw e;
    }
  }

  /** Repeats what a Brindle of format 1 left to be repeated; its journal goes. */
  static void finishOldJournal(Disk disk, StoreId store, DiskFile index) throws IOException {
    if (!disk.exists(OLD_JOURNAL_FILE)) {
      return;
    }
    try (DiskFile journal = disk.open(OLD_JOURNAL_FILE, OpenMode.READ)) {
      PageRecord record = PageRecord.read(journal, 0, store);
      if (record != null
          && record.checkpoint() >= PageFile.checkpointOf(index)
          && record.isWhole()) {
        journal.sync();
        record.applyTo(index, place -> true);
        index.sync();
      }
    }
    disk.delete(OLD_JOURNAL_FILE);
    disk.syncDirectory("");
  }

  /** The header and the checksum pages, too, come from the copies when they are damaged. */
  private static PageFile openMended(Disk disk, DiskFile index, StoreId store, Copies copies)
      throws IOException {
    try {
      return PageFile.open(index, store, copies::find);
    } catch (CorruptStoreException e) {
      if (!copies.isComplete() || copies.last() == 0 || copies.isKnownStale()) {
        throw lost(disk, e);
      }
      Logger.warn(
          "{}; what all of it hangs on is read from its copy in {}",
          e.getMessage(),
          CopyFiles.DIRECTORY);
    }
    copies.writeFrameTo(index);
    index.sync();
    try {
      return PageFile.open(index, store, copies::find);
    } catch (CorruptStoreException e) {
      throw lost(disk, e);
    }
  }

  private static IndexLostException lost(Disk disk, CorruptStoreException cause) {
    IndexLostException lost =
        new IndexLostException(
            disk.toString(), "index", "cannot be used (" + cause.getMessage() + ")");
    lost.initCause(cause);
    return lost;
  }

  LayeredPages pages() {
    return pages;
  }

  Copies copies() {
    return copies;
  }

  /** Makes a new base when one is due; without room for it, the copies must not grow either. */
  void renewCopies(BooleanSupplier stopped) throws IOException {
    long bound =
        Math.max(file.fileBytes(), Math.min(JOURNAL_BYTES_MIN, disk.totalBytes() / JOURNAL_SHARE));
    if (copies.isComplete() && copies.journalBytes() <= bound) {
      return;
    }
    if (hasRoom()) {
      copy(stopped);
    } else if (copies.isComplete() && copies.journalBytes() > 2 * bound) {
      pages.giveUpCopies();
    }
  }

  private boolean hasRoom() throws IOException {
    long free = Math.min(FREE_BYTES_MAX, disk.totalBytes() / FREE_SHARE);
    return disk.freeBytes() - 2 * file.fileBytes() > free;
  }

  void copy(BooleanSupplier stopped) throws IOException {
    pages.copy(disk, store, stopped);
  }

  @Override
  public void close() throws IOException {
    pages.close();
  }
}
