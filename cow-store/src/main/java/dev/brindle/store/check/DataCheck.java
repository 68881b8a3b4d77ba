package dev.brindle.store.check;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.log.BlockRange;
import dev.brindle.store.log.Log;
import dev.brindle.store.log.Pin;
import dev.brindle.store.log.SegmentInfo;
import dev.brindle.store.volume.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads every live block: the log verifies checksums on the way. No block dies meanwhile, so only
 * segments without any may disappear.
 */
final class DataCheck {
  private static final int CHUNK_BLOCKS = 256;

  private final Log log;
  private final Problems problems;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BLOCKS * Extent.BLOCK_BYTES);

  DataCheck(Log log, Problems problems) {
    this.log = log;
    this.problems = problems;
  }

  void run() throws IOException {
    for (SegmentInfo segment : log.segments()) {
      if (segment.liveBlocks() > 0) {
        segment(segment.number());
      }
    }
  }

  private void segment(long number) throws IOException {
    for (BlockRange range : log.liveRanges(number)) {
      for (int done = 0; done < range.blocks(); done += CHUNK_BLOCKS) {
        chunk(range.address() + done, Math.min(CHUNK_BLOCKS, range.blocks() - done));
      }
    }
  }

  /** When a chunk is damaged, its blocks are read one by one, so that each is named. */
  private void chunk(long address, int blocks) throws IOException {
    if (!read(address, blocks, false)) {
      for (int i = 0; i < blocks; i++) {
        read(address + i, 1, true);
      }
    }
  }

  private boolean read(long address, int blocks, boolean isReported) throws IOException {
    buffer.clear();
    try (Pin pin = log.pin()) {
      log.read(address, 0, blocks * Extent.BLOCK_BYTES, buffer);
      return true;
    } catch (CorruptStoreException e) {
      if (isReported) {
        problems.add(String.valueOf(e.getMessage()));
      }
      return false;
    }
  }
}
