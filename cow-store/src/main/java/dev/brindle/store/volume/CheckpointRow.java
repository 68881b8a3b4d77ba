package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.index.Table;
import dev.brindle.store.log.LogState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The row that says which checkpoint the index is.
 *
 * <pre>
 *   number 8 | the log's state | CRC32C of both 4, but for the first stores
 * </pre>
 *
 * @param number redo operations that came before this or an earlier checkpoint are in the index
 * @param log where the log's tail begins
 */
record CheckpointRow(long number, LogState log) {
  private static final long KEY = 1;
  private static final int LENGTH_WITHOUT_CHECKSUM = 32;

  void write(Table table) throws IOException {
    byte[] state = log.encode();
    ByteBuffer row = ByteBuffer.allocate(Long.BYTES + state.length + Integer.BYTES);
    row.putLong(number).put(state).putInt(checksum(row.array(), Long.BYTES + state.length));
    table.put(KEY, row.array());
  }

  /**
   * @throws CorruptStoreException there is none
   */
  static CheckpointRow read(Table table) throws IOException {
    byte[] row = table.get(KEY);
    if (row == null) {
      throw new CorruptStoreException(
          "index.db",
          -1,
          "the row of the last checkpoint is lost in both of its places; only an index that is made"
              + " anew from its copies has it: brindle check --rebuild-index");
    }
    return decode(row);
  }

  /**
   * @throws CorruptStoreException the row is not what was written, or not under that key
   */
  static void verify(long key, byte[] row) throws CorruptStoreException {
    if (key != KEY) {
      throw new CorruptStoreException("index.db", -1, "a row of a checkpoint under key " + key);
    }
    decode(row);
  }

  private static CheckpointRow decode(byte[] row) throws CorruptStoreException {
    int end = row.length == LENGTH_WITHOUT_CHECKSUM ? row.length : row.length - Integer.BYTES;
    ByteBuffer buffer = ByteBuffer.wrap(row);
    if (end < Long.BYTES || end < row.length && buffer.getInt(end) != checksum(row, end)) {
      throw new CorruptStoreException(
          "index.db", -1, "the row of the checkpoint is not what was written");
    }
    return new CheckpointRow(
        buffer.getLong(), LogState.decode(Arrays.copyOfRange(row, Long.BYTES, end)));
  }

  private static int checksum(byte[] row, int end) {
    CRC32C crc = new CRC32C();
    crc.update(row, 0, end);
    return (int) crc.getValue();
  }
}
