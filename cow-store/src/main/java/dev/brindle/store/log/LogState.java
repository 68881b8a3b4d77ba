package dev.brindle.store.log;

import dev.brindle.store.CorruptStoreException;
import java.nio.ByteBuffer;

/**
 * Where recovery begins to read the log: what a checkpoint records of it.
 *
 * @param position the end of the last group that the checkpoint covers
 * @param incarnation the incarnation of that group
 * @param sequence the number of the next one
 */
public record LogState(LogPosition position, long incarnation, long sequence) {
  private static final int BYTES = 3 * Long.BYTES;

  public byte[] encode() {
    return ByteBuffer.allocate(BYTES)
        .putLong(position.address())
        .putLong(incarnation)
        .putLong(sequence)
        .array();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws CorruptStoreException the length is not that of a state
   */
  public static LogState decode(byte[] bytes) throws CorruptStoreException {
    if (bytes.length != BYTES) {
      throw new CorruptStoreException(
          "index", -1, "a log state of " + bytes.length + " bytes, expected " + BYTES);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new LogState(new LogPosition(buffer.getLong()), buffer.getLong(), buffer.getLong());
  }
}
