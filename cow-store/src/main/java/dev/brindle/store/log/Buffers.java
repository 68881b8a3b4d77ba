package dev.brindle.store.log;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** Small helpers on byte buffers. */
final class Buffers {
  private static final byte[] ZEROS = new byte[LogFormat.BLOCK_BYTES];

  private Buffers() {}

  static void putZeros(ByteBuffer target, int bytes) {
    for (int left = bytes; left > 0; left -= ZEROS.length) {
      target.put(ZEROS, 0, Math.min(left, ZEROS.length));
    }
  }

  /** CRC32C of part of a buffer; its position stays. */
  static int crc(ByteBuffer buffer, int from, int bytes) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(from, bytes));
    return (int) crc.getValue();
  }

  /** Each element with its length before it. */
  static ByteBuffer frame(List<byte[]> elements) {
    int bytes = 0;
    for (byte[] element : elements) {
      bytes += LogFormat.REDO_FRAME_BYTES + element.length;
    }
    ByteBuffer framed = ByteBuffer.allocate(bytes);
    for (byte[] element : elements) {
      framed.putInt(element.length).put(element);
    }
    return framed.flip();
  }

  /** Fills the target, or says which file ended too early. */
  static void readFully(DiskFile file, long offset, ByteBuffer target) throws IOException {
    int wanted = target.remaining();
    int read = file.read(offset, target);
    if (read < wanted) {
      throw new CorruptStoreException(
          file.name(), offset, "the file ends after " + read + " of " + wanted + " bytes");
    }
  }
}
