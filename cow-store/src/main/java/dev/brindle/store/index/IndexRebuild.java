package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.INDEX_FILE;
import static dev.brindle.store.index.PageFormat.PAGE_BYTES;
import static dev.brindle.store.index.PageFormat.PAGE_SHIFT;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.OlderStateException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
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

  /**
   * @param durable the last checkpoint that is known to have been durable; 0 when none is
   * @param acceptOlder makes an older one when that one is not there any more
   */
  IndexRebuilt run(long durable, boolean acceptOlder) throws IOException {
    if (!disk.exists(CopyFiles.DIRECTORY)) {
      throw new CorruptStoreException(
          CopyFiles.DIRECTORY, -1, "it is missing, and with it the copies of the index");
    }
    try (Copies copies = Copies.open(disk, store, durable)) {
      long checkpoint = copies.unbrokenTo();
      refuseWithoutBase(checkpoint);
      refuseOlder(checkpoint);
      boolean older = copies.newestKnown() > checkpoint;
      if (older && !acceptOlder) {
        throw new OlderStateException(disk.toString(), checkpoint, copies.newestKnown());
      }
      write(copies, checkpoint);
      disk.rename(NEW_FILE, INDEX_FILE);
      disk.syncDirectory("");
      return new IndexRebuilt(checkpoint, older);
    }
  }

  private static void refuseWithoutBase(long checkpoint) throws IOException {
    if (checkpoint == 0) {
      throw new CorruptStoreException(
          CopyFiles.DIRECTORY,
          -1,
          "the copies of the index are not whole: the base is missing or damaged");
    }
  }

  /** An index that can be opened and is newer is worth more than its copies. */
  private void refuseOlder(long copied) throws IOException {
    if (!disk.exists(INDEX_FILE)) {
      return;
    }
    try (DiskFile present = disk.open(INDEX_FILE, OpenMode.READ)) {
      long checkpoint = IndexFrame.checkpointOf(present);
      if (checkpoint > copied) {
        throw new CorruptStoreException(
            CopyFiles.DIRECTORY,
            -1,
            "the copies are whole up to checkpoint %d, and %s is at %d"
                .formatted(copied, INDEX_FILE, checkpoint));
      }
    }
  }

  private void write(Copies copies, long checkpoint) throws IOException {
    if (disk.exists(NEW_FILE)) {
      disk.delete(NEW_FILE);
    }
    try (DiskFile file = disk.open(NEW_FILE, OpenMode.CREATE)) {
      int damaged = copies.writeAllTo(file, checkpoint);
      if (damaged > 0) {
        Logger.warn("{} images of pages are damaged; later ones may stand for them", damaged);
      }
      verify(file, copies, checkpoint);
    }
  }

  /** An image in the copies, or else in the file that is to be replaced. */
  private byte @Nullable [] find(Copies copies, int place, int checksum) throws IOException {
    byte[] copied = copies.find(place, checksum);
    if (copied != null || !disk.exists(INDEX_FILE)) {
      return copied;
    }
    try (DiskFile present = disk.open(INDEX_FILE, OpenMode.READ)) {
      byte[] page = new byte[PAGE_BYTES];
      int bytes = present.read((long) place << PAGE_SHIFT, ByteBuffer.wrap(page));
      return bytes == PAGE_BYTES && PageFormat.checksum(place, page) == checksum ? page : null;
    } catch (IOException e) {
      Logger.warn("{}: {}", INDEX_FILE, e.getMessage());
      return null;
    }
  }

  /**
   * Each page has the checksum that its checksum page has for it, or gets another image; one that
   * has none stays damaged, and costs what is in it.
   */
  private void verify(DiskFile written, Copies copies, long checkpoint) throws IOException {
    PageFile file =
        PageFile.open(written, store, (place, checksum) -> find(copies, place, checksum));
    if (file.checkpoint() != checkpoint) {
      throw new CorruptStoreException(
          CopyFiles.DIRECTORY, -1, "the last journal's header page is damaged");
    }
    file.mendAll();
  }
}
