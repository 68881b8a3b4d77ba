package dev.brindle.store.log;

import static dev.brindle.store.log.LogFormat.BLOCK_BYTES;

import dev.brindle.store.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads the groups of a segment of the normal form, one behind the other. */
final class SegmentScanner {
  private final StoreId store;
  private final int segmentBlocks;

  SegmentScanner(StoreId store, int segmentBlocks) {
    this.store = store;
    this.segmentBlocks = segmentBlocks;
  }

  /** A header with the bytes it was read from. */
  record Found(GroupHeader header, ByteBuffer bytes) {}

  /** The header of the group that begins at a block, or null when none does. */
  @Nullable Found headerAt(SegmentFile file, int block) throws IOException {
    if (block >= segmentBlocks - 1) {
      return null;
    }
    ByteBuffer first = ByteBuffer.allocate(BLOCK_BYTES);
    if (file.file().read(file.offset(block), first) < BLOCK_BYTES) {
      return null;
    }
    int headerBlocks = GroupHeader.announcedBlocks(store, file.number(), block, first.flip());
    if (headerBlocks == 0 || block + headerBlocks >= segmentBlocks) {
      return null;
    }
    ByteBuffer bytes = first;
    if (headerBlocks > 1) {
      bytes = ByteBuffer.allocate(headerBlocks * BLOCK_BYTES).put(first);
      if (file.file().read(file.offset(block + 1), bytes) < bytes.capacity() - BLOCK_BYTES) {
        return null;
      }
      bytes.flip();
    }
    GroupHeader header = GroupHeader.decode(segmentBlocks, bytes);
    return header == null ? null : new Found(header, bytes);
  }

  /** Whether a group begins anywhere in a file. */
  boolean hasGroup(SegmentFile file) throws IOException {
    for (int block = 0; block < segmentBlocks; block++) {
      if (headerAt(file, block) != null) {
        return true;
      }
    }
    return false;
  }

  /**
   * Walks the headers from the segment's start and notes the data's checksums. A header that is
   * damaged costs the checksums of its own group: the walk goes on with the next block that is a
   * header, which cannot be mistaken, since a header's checksum covers its place.
   *
   * @param checksums filled, by block
   * @return the first block at which a header is missing, or the end
   */
  int scan(SegmentFile file, int[] checksums) throws IOException {
    return scan(file, checksums, segmentBlocks);
  }

  /** As {@link #scan(SegmentFile, int[])}, but goes no further than the given block. */
  int scan(SegmentFile file, int[] checksums, int endBlock) throws IOException {
    int block = 0;
    int missing = endBlock;
    while (block < endBlock) {
      Found found = headerAt(file, block);
      if (found == null) {
        missing = Math.min(missing, block);
        block++;
      } else {
        note(found.header(), checksums);
        block += found.header().totalBlocks();
      }
    }
    return missing;
  }

  static void note(GroupHeader header, int[] checksums) {
    int[] crcs = header.dataCrcs();
    System.arraycopy(crcs, 0, checksums, header.block() + header.headerBlocks(), crcs.length);
  }
}
