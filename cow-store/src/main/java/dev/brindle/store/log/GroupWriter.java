package dev.brindle.store.log;

import static dev.brindle.store.log.LogFormat.BLOCK_BYTES;

import dev.brindle.store.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Lays groups out in one direct buffer and writes them: a small group is one write. What is long
 * and in one piece already is written from where it is. Not thread-safe.
 */
final class GroupWriter {
  private static final int STAGING_BYTES = 256 << 10;

  /** For shorter pieces another write costs more than their copy. */
  private static final int PIECE_BYTES_MIN = 64 << 10;

  private final StoreId store;
  private final ByteBuffer staging = ByteBuffer.allocateDirect(STAGING_BYTES);

  GroupWriter(StoreId store) {
    this.store = store;
  }

  /**
   * @param data all of it is written, as many blocks as the header has checksums
   * @param redo the framed elements
   */
  void write(SegmentFile file, GroupHeader header, ByteBuffer[] data, ByteBuffer redo)
      throws IOException {
    long offset = file.offset(header.block());
    staging.clear();
    header.encode(store, redo, staging);
    for (ByteBuffer part : data) {
      offset =
          part.isDirect() && part.remaining() >= PIECE_BYTES_MIN
              ? writeDirectly(file, flush(file, offset), part.duplicate())
              : stage(file, offset, part.duplicate());
    }
    if (redo.hasRemaining()) {
      int padding = header.redoBlocks() * BLOCK_BYTES - redo.remaining();
      offset = stage(file, offset, redo);
      offset = stage(file, offset, ByteBuffer.allocate(padding));
    }
    flush(file, offset);
  }

  private long stage(SegmentFile file, long start, ByteBuffer part) throws IOException {
    long offset = start;
    while (part.hasRemaining()) {
      if (!staging.hasRemaining()) {
        offset = flush(file, offset);
      }
      int bytes = Math.min(part.remaining(), staging.remaining());
      staging.put(part.slice().limit(bytes));
      part.position(part.position() + bytes);
    }
    return offset;
  }

  private static long writeDirectly(SegmentFile file, long offset, ByteBuffer part)
      throws IOException {
    int bytes = part.remaining();
    file.file().write(offset, part);
    return offset + bytes;
  }

  private long flush(SegmentFile file, long offset) throws IOException {
    int bytes = staging.position();
    if (bytes > 0) {
      file.file().write(offset, staging.flip());
      staging.clear();
    }
    return offset + bytes;
  }
}
