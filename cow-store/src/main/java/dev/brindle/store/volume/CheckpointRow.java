package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.index.Index;
import dev.brindle.store.log.LogState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The row that says which checkpoint the index is.
 *
 * <pre>
 *   number 8 | the log's state
 * </pre>
 *
 * @param number redo operations that came before this or an earlier checkpoint are in the index
 * @param log where the log's tail begins
 */
record CheckpointRow(long number, LogState log) {
  private static final long KEY = 1;

  void write(Index index) throws IOException {
    byte[] state = log.encode();
    index
        .table(StoreTables.CHECKPOINT)
        .put(KEY, ByteBuffer.allocate(8 + state.length).putLong(number).put(state).array());
  }

  /**
   * @throws CorruptStoreException there is none
   */
  static CheckpointRow read(Index index) throws IOException {
    byte[] row = index.table(StoreTables.CHECKPOINT).get(KEY);
    if (row == null || row.length < 8) {
      throw new CorruptStoreException("index.db", -1, "the index has no checkpoint");
    }
    return new CheckpointRow(
        ByteBuffer.wrap(row).getLong(), LogState.decode(Arrays.copyOfRange(row, 8, row.length)));
  }
}
