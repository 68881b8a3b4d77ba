package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.PAGE_BYTES;
import static dev.brindle.store.index.PageFormat.PAGE_SHIFT;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Finds out whether {@code index.db} was left half-way from one checkpoint to the next: then the
 * next one's record in the journal was durable once, whatever became of it.
 */
final class HalfApplied {
  private final DiskFile index;
  private final StoreId store;

  HalfApplied(DiskFile index, StoreId store) {
    this.index = index;
    this.store = store;
  }

  /** Whether all pages are those of the checkpoint that the header says. */
  boolean isWhole() throws IOException {
    try {
      PageFile file = PageFile.open(index, store, (place, checksum) -> null);
      for (int place : file.places()) {
        file.image(place);
      }
      return true;
    } catch (CorruptStoreException e) {
      return false;
    }
  }

  /** Whether the pages that a record has are still as the checkpoint before it left them. */
  boolean isUntouchedBy(PageRecord record) throws IOException {
    try {
      IndexFrame frame = IndexFrame.read(index, store);
      if (frame.checkpoint() >= record.checkpoint()) {
        return false;
      }
      record.verifyHead();
      return record.forEach(
          (page, place, checksum) ->
              place <= 0 || PageFormat.isChecksumPlace(place) || isAsIn(frame, place));
    } catch (CorruptStoreException e) {
      return false;
    }
  }

  private boolean isAsIn(IndexFrame frame, int place) throws IOException {
    int expected = frame.checksumOf(PageFormat.pageAt(place));
    byte[] page = new byte[PAGE_BYTES];
    return expected == 0
        || index.read((long) place << PAGE_SHIFT, ByteBuffer.wrap(page)) == PAGE_BYTES
            && PageFormat.checksum(place, page) == expected;
  }
}
