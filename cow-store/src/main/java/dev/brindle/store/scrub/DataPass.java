package dev.brindle.store.scrub;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.log.BlockRange;
import dev.brindle.store.log.Log;
import dev.brindle.store.log.SegmentInfo;
import dev.brindle.store.volume.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads every live block of the log from the disk, in the order in which they stand there. */
final class DataPass {
  private static final int CHUNK_BLOCKS = 256;

  private final Log log;
  private final Damage damage;
  private final Pace pace;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_BLOCKS * Extent.BLOCK_BYTES);

  DataPass(Log log, Damage damage, Pace pace) {
    this.log = log;
    this.damage = damage;
    this.pace = pace;
  }

  void run() throws IOException, StoppedException {
    for (SegmentInfo segment : log.segments()) {
      if (segment.liveBlocks() > 0) {
        segment(segment.number());
      }
    }
  }

  private void segment(long number) throws IOException, StoppedException {
    List<BlockRange> ranges;
    try {
      ranges = log.liveRanges(number);
    } catch (CorruptStoreException e) {
      // A segment whose last block has died meanwhile is deleted.
      return;
    }
    for (BlockRange range : ranges) {
      for (int done = 0; done < range.blocks(); done += CHUNK_BLOCKS) {
        int blocks = Math.min(CHUNK_BLOCKS, range.blocks() - done);
        chunk(range.address() + done, blocks);
        pace.read((long) blocks * Extent.BLOCK_BYTES);
      }
    }
  }

  /** Of a chunk that cannot be read, each block is tried by itself. */
  private void chunk(long address, int blocks) {
    if (problem(address, blocks) == null) {
      return;
    }
    awaitWrites();
    for (long block = address; block < address + blocks; block++) {
      String problem = problem(block, 1);
      if (problem != null && log.isLive(block, 1)) {
        damage.block(block, problem);
      }
    }
  }

  /**
   * Blocks are live as soon as a tree refers to them, and on the disk when their append has ended:
   * afterwards, what was live before can be read.
   */
  private void awaitWrites() {
    log.hold().close();
  }

  /** Null when the blocks are as they were written. */
  private @Nullable String problem(long address, int blocks) {
    buffer.clear().limit(blocks * Extent.BLOCK_BYTES);
    try {
      log.readFromDisk(address, blocks, buffer);
      return null;
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
