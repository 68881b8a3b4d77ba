package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.INDEX_FILE;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import java.io.IOException;
import org.tinylog.Logger;

/**
 * Makes {@code index.db} from the copies: all images into a new file, oldest first; the new file
 * verified, page by page; the new file in the place of the old.
 */
final class IndexRebuild {
  private static final String NEW_FILE = INDEX_FILE + ".new";

  private final Disk disk;
  private final StoreId store;

  IndexRebuild(Disk disk, StoreId store) {
    this.disk = disk;
    this.store = store;
  }

  long run() throws IOException {
    if (!disk.exists(CopyFiles.DIRECTORY)) {
      throw new CorruptStoreException(
          CopyFiles.DIRECTORY, -1, "it is missing, and with it the copies of the index");
    }
    try (Copies copies = Copies.open(disk, store)) {
      refuseUnlessWhole(copies);
      refuseOlder(copies);
      write(copies);
      disk.rename(NEW_FILE, INDEX_FILE);
      disk.syncDirectory("");
      return copies.last();
    }
  }

  private static void refuseUnlessWhole(Copies copies) throws IOException {
    if (!copies.isComplete() || copies.last() == 0 || copies.isKnownStale()) {
      throw new CorruptStoreException(
          CopyFiles.DIRECTORY,
          -1,
          "the copies of the index are not whole: a base, or a journal behind it, is missing or"
              + " damaged");
    }
  }

  /** An index that can be opened and is newer is worth more than its copies. */
  private void refuseOlder(Copies copies) throws IOException {
    if (!disk.exists(INDEX_FILE)) {
      return;
    }
    try (DiskFile present = disk.open(INDEX_FILE, OpenMode.READ)) {
      long checkpoint = PageFile.checkpointOf(present);
      if (checkpoint > copies.last()) {
        throw new CorruptStoreException(
            CopyFiles.DIRECTORY,
            -1,
            "the copies end at checkpoint %d, and %s is at %d"
                .formatted(copies.last(), INDEX_FILE, checkpoint));
      }
    }
  }

  private void write(Copies copies) throws IOException {
    if (disk.exists(NEW_FILE)) {
      disk.delete(NEW_FILE);
    }
    try (DiskFile file = disk.open(NEW_FILE, OpenMode.CREATE)) {
      int damaged = copies.writeAllTo(file);
      if (damaged > 0) {
        Logger.warn("{} images of pages are damaged; later ones may stand for them", damaged);
      }
      verify(file, copies);
      file.sync();
    }
  }

  /** Each page has the checksum that its checksum page has for it, or gets another image. */
  private void verify(DiskFile written, Copies copies) throws IOException {
    PageFile file = PageFile.open(written, store, copies::find);
    if (file.checkpoint() != copies.last()) {
      throw new CorruptStoreException(
          CopyFiles.DIRECTORY, -1, "the last journal's header page is damaged");
    }
    for (int place : file.places()) {
      file.image(place);
    }
  }
}
