package dev.brindle.store.log;

import static dev.brindle.store.log.LogFormat.BLOCK_BYTES;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FormatTooNewException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The first block of a segment file.
 *
 * @param number the segment's
 * @param segmentBlocks addresses in a segment
 * @param fileBlocks data blocks in this file: all of them, or those that the rewriting kept
 * @param runs entries of the run table; 0 in a file that was not rewritten
 */
record SegmentHeader(
    StoreId store, boolean rewritten, long number, int segmentBlocks, int fileBlocks, int runs) {

  static SegmentHeader normal(StoreId store, long number, int segmentBlocks) {
    return new SegmentHeader(store, false, number, segmentBlocks, segmentBlocks, 0);
  }

  long dataOffset(int fileBlock) {
    return (1L + fileBlock) * BLOCK_BYTES;
  }

  /** The checksum pages stand behind the data, the run table's behind them. */
  long pageOffset(int page) {
    return dataOffset(fileBlocks) + (long) page * BLOCK_BYTES;
  }

  int checksumPages() {
    return LogFormat.pagesFor(fileBlocks);
  }

  int runPages() {
    return LogFormat.pagesFor(2 * runs);
  }

  long fileBytes() {
    return pageOffset(checksumPages() + runPages());
  }

  ByteBuffer encode() {
    ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
    block.putLong(LogFormat.SEGMENT_MAGIC);
    block.putInt(LogFormat.VERSION);
    block.putInt(rewritten ? LogFormat.KIND_REWRITTEN : LogFormat.KIND_NORMAL);
    block.putLong(store.high());
    block.putLong(store.low());
    block.putLong(number);
    block.putInt(segmentBlocks);
    block.putInt(fileBlocks);
    block.putInt(runs);
    block.putInt(Buffers.crc(block, 0, LogFormat.SEGMENT_CRC_OFFSET));
    return block.clear();
  }

  /**
   * Reads and verifies a segment file's header.
   *
   * @throws CorruptStoreException it is not the header of this segment of this store
   */
  static SegmentHeader read(DiskFile file, StoreId store, long number, int segmentBlocks)
      throws IOException {
    ByteBuffer block = ByteBuffer.allocate(LogFormat.SEGMENT_FIELDS_BYTES);
    Buffers.readFully(file, 0, block);
    if (block.getLong(LogFormat.SEGMENT_MAGIC_OFFSET) != LogFormat.SEGMENT_MAGIC) {
      throw new CorruptStoreException(file.name(), 0, "not a segment: wrong magic number");
    }
    int crc = Buffers.crc(block, 0, LogFormat.SEGMENT_CRC_OFFSET);
    if (block.getInt(LogFormat.SEGMENT_CRC_OFFSET) != crc) {
      throw new CorruptStoreException(file.name(), 0, "the header's checksum does not match");
    }
    int version = block.getInt(LogFormat.SEGMENT_VERSION_OFFSET);
    if (version > LogFormat.VERSION) {
      throw new FormatTooNewException(Path.of(file.name()), version, LogFormat.VERSION);
    }
    StoreId foundStore =
        new StoreId(
            block.getLong(LogFormat.SEGMENT_STORE_OFFSET),
            block.getLong(LogFormat.SEGMENT_STORE_OFFSET + Long.BYTES));
    SegmentHeader header =
        new SegmentHeader(
            foundStore,
            block.getInt(LogFormat.SEGMENT_KIND_OFFSET) == LogFormat.KIND_REWRITTEN,
            block.getLong(LogFormat.SEGMENT_NUMBER_OFFSET),
            block.getInt(LogFormat.SEGMENT_BLOCKS_OFFSET),
            block.getInt(LogFormat.SEGMENT_FILE_BLOCKS_OFFSET),
            block.getInt(LogFormat.SEGMENT_RUNS_OFFSET));
    header.verify(file, store, number, segmentBlocks);
    return header;
  }

  /** Whether a file begins with what was written as a header, of whatever segment. */
  static boolean isWhole(DiskFile file) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(LogFormat.SEGMENT_FIELDS_BYTES);
    return file.read(0, block) == LogFormat.SEGMENT_FIELDS_BYTES
        && block.getLong(LogFormat.SEGMENT_MAGIC_OFFSET) == LogFormat.SEGMENT_MAGIC
        && block.getInt(LogFormat.SEGMENT_CRC_OFFSET)
            == Buffers.crc(block, 0, LogFormat.SEGMENT_CRC_OFFSET);
  }

  private void verify(DiskFile file, StoreId expectedStore, long expectedNumber, int expectedBlocks)
      throws CorruptStoreException {
    if (!store.equals(expectedStore)) {
      throw new CorruptStoreException(
          file.name(), 0, "it belongs to store " + store + ", not to " + expectedStore);
    }
    if (number != expectedNumber || segmentBlocks != expectedBlocks) {
      throw new CorruptStoreException(
          file.name(),
          0,
          "it is segment %d of %d blocks, expected %d of %d"
              .formatted(number, segmentBlocks, expectedNumber, expectedBlocks));
    }
    boolean sound =
        rewritten
            ? fileBlocks >= 0 && fileBlocks <= segmentBlocks && runs >= 0 && runs <= fileBlocks
            : fileBlocks == segmentBlocks && runs == 0;
    if (!sound) {
      throw new CorruptStoreException(
          file.name(), 0, "impossible sizes: %d blocks, %d runs".formatted(fileBlocks, runs));
    }
  }
}
