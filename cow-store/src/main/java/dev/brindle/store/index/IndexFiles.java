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
import org.tinylog.Logger;

/** {@code index.db} and its copies, from their opening on. */
final class IndexFiles implements Closeable {
  private final PageFile file;
  private final Copies copies;
  private final LayeredPages pages;
  private final IndexWriter writer;
  private final CopyRenewal renewal;

  private IndexFiles(Disk disk, StoreId store, PageFile file, Copies copies) {
    this.file = file;
    this.copies = copies;
    this.pages = new LayeredPages(file);
    this.writer = new IndexWriter(pages, file, copies);
    this.renewal = new CopyRenewal(disk, store, file, copies, writer);
  }

  static IndexFiles create(Disk disk, StoreId store) throws IOException {
    DiskFile index = disk.open(INDEX_FILE, OpenMode.CREATE);
    Copies copies = Copies.create(disk, store);
    return new IndexFiles(disk, store, PageFile.empty(index, store, copies::find), copies);
  }

  /**
   * Brings {@code index.db} to the last complete checkpoint.
   *
   * @param durable the last checkpoint that is known to have been durable; 0 when none is
   * @param acceptOlder goes on from an older one, and lets the next have a number of its own
   */
  static IndexFiles open(Disk disk, StoreId store, long durable, boolean acceptOlder)
      throws IOException {
    if (!disk.exists(INDEX_FILE)) {
      throw new IndexLostException(disk.toString(), "index", "is missing");
    }
    DiskFile index = disk.open(INDEX_FILE, OpenMode.READ_WRITE);
    try {
      Copies copies = Copies.open(disk, store, durable);
      try {
        finishOldJournal(disk, store, index);
        copies.judgeLast(index);
        copies.applyLastTo(index, IndexFrame.checkpointOf(index));
        boolean turnedBack = copies.turnBack(index);
        PageFile file = openMended(disk, index, store, copies);
        if (turnedBack) {
          file.mendAll();
        }
        if (acceptOlder) {
          file.renumber(copies.leaveBehind(file.checkpoint()));
        } else {
          copies.settle(file.checkpoint());
        }
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
          && record.checkpoint() >= IndexFrame.checkpointOf(index)
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
      if (!copies.canReplaceIndex()) {
        throw lost(disk, e);
      }
      Logger.warn(
          "{}; what all of it hangs on is read from its copy in {}",
          e.getMessage(),
          CopyFiles.DIRECTORY);
    }
    copies.writeFrameTo(index);
    index.sync();
    PageFile file;
    try {
      file = PageFile.open(index, store, copies::find);
    } catch (CorruptStoreException e) {
      throw lost(disk, e);
    }
    // beside it there may be pages of another checkpoint, and a full disk takes the copies away
    file.mendAll();
    return file;
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

  IndexWriter writer() {
    return writer;
  }

  CopyRenewal renewal() {
    return renewal;
  }

  PageFile file() {
    return file;
  }

  /** Closes the files; what was not written is lost. */
  @Override
  public void close() throws IOException {
    try (file;
        copies) {
      // Both are closed; of two failures, the second is attached to the first.
    }
  }
}
