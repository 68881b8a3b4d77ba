package dev.brindle.store.disk;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Has the next sync write what is in a file already. After a sync that failed the host may have
 * bytes in memory alone and take them for written: a sync of another process, which reads them and
 * believes them, would succeed without them (<a
 * href="https://wiki.postgresql.org/wiki/Fsync_Errors">Fsync Errors</a>).
 */
public final class Redirty {
  private static final int BUFFER_BYTES = 1 << 20;

  private Redirty() {}

  /**
   * Writes a range over itself.
   *
   * @param end exclusive, in bytes; not behind the file's
   */
  public static void range(DiskFile file, long start, long end) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, end - start));
    for (long at = start; at < end; at += bytes.limit()) {
      bytes.clear().limit((int) Math.min(bytes.capacity(), end - at));
      if (file.read(at, bytes) < bytes.limit()) {
        throw new CorruptStoreException(
            file.name(), at, "the file has become shorter while it was read");
      }
      file.write(at, bytes.flip());
    }
  }
}
