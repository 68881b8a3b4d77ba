package dev.brindle.store.log;

import static dev.brindle.store.log.LogFormat.BLOCK_BYTES;

import dev.brindle.store.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Lays groups out in one direct buffer and writes them: a small group is one write, a large one a
 * write for each MiB. Not thread-safe.
 */
final class GroupWriter {
  /** A group of a MiB with its header is one write. */
  private static final int STAGING_BYTES = (1 << 20) + 2 * BLOCK_BYTES;

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
      offset = stage(file, offset, part.duplicate());
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

  private long flush(SegmentFile file, long offset) throws IOException {
    int bytes = staging.position();
    if (bytes > 0) {
      file.file().write(offset, staging.flip());
      staging.clear();
    }
    return offset + bytes;
  }
}
