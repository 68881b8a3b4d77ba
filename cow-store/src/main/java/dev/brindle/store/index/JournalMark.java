package dev.brindle.store.index;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a journal begins with: which checkpoint was applied last. Drawn in the package's
 * description.
 */
final class JournalMark {
  private JournalMark() {}

  /** Overwrites it; not synced. */
  static void write(DiskFile file, StoreId store, long checkpoint) throws IOException {
    byte[] mark = new byte[PageFormat.MARK_BYTES];
    PageFormat.putLong(mark, PageFormat.MAGIC, PageFormat.MARK_MAGIC);
    PageFormat.putInt(mark, PageFormat.VERSION_AT, PageFormat.VERSION);
    PageFormat.putLong(mark, PageFormat.STORE_ID, store.high());
    PageFormat.putLong(mark, PageFormat.STORE_ID + Long.BYTES, store.low());
    PageFormat.putLong(mark, PageFormat.CHECKPOINT, checkpoint);
    PageFormat.putInt(mark, PageFormat.CRC, PageFormat.checksum(0, mark, 0, mark.length));
    file.write(0, ByteBuffer.wrap(mark));
  }

  /** The checkpoint that it says; negative when it is damaged. */
  static long read(DiskFile file) throws IOException {
    byte[] mark = new byte[PageFormat.MARK_BYTES];
    if (file.read(0, ByteBuffer.wrap(mark)) < mark.length) {
      return -1;
    }
    int crc = PageFormat.getInt(mark, PageFormat.CRC);
    PageFormat.putInt(mark, PageFormat.CRC, 0);
    boolean sound =
        PageFormat.getLong(mark, PageFormat.MAGIC) == PageFormat.MARK_MAGIC
            && PageFormat.checksum(0, mark, 0, mark.length) == crc;
    return sound ? PageFormat.getLong(mark, PageFormat.CHECKPOINT) : -1;
  }
}
