package dev.brindle.store.log;

import static dev.brindle.store.log.LogFormat.BLOCK_BYTES;
import static dev.brindle.store.log.LogFormat.GROUP_FIELDS_BYTES;

import dev.brindle.store.StoreId;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What stands before a group's data: where and when it was appended, how long its parts are, and
 * their checksums.
 *
 * @param headerBlocks blocks before the data; computed from the data blocks that were reserved,
 *     which may be more than were written
 * @param segment the segment's number
 * @param block the group's first block, counted in the segment
 * @param incarnation the opening of the log that appended it
 * @param previousIncarnation that of the group before it
 * @param sequence one more than the group before it
 * @param unsynced how many groups directly before this one were not known to be durable when it was
 *     written; negative when that is not known
 * @param redoBytes length of the framed redo elements
 * @param dataCrcs CRC32C of each data block
 */
@SuppressWarnings("ArrayRecordComponent")
record GroupHeader(
    int headerBlocks,
    long segment,
    int block,
    long incarnation,
    long previousIncarnation,
    long sequence,
    int unsynced,
    int redoBytes,
    int redoCrc,
    int[] dataCrcs) {

  /** What the field takes; more is written as not known. */
  static final int UNSYNCED_MAX = (1 << 15) - 2;

  /** All groups before this number were durable when the group was written; 0 for none. */
  long durableBefore() {
    return unsynced < 0 ? 0 : sequence - unsynced;
  }

  int dataBlocks() {
    return dataCrcs.length;
  }

  /** Where the redo stands when it is in the header, and where the header's used part ends. */
  int fieldsBytes() {
    return GROUP_FIELDS_BYTES + dataCrcs.length * Integer.BYTES;
  }

  boolean redoInHeader() {
    return fieldsBytes() + redoBytes <= headerBlocks * BLOCK_BYTES;
  }

  /** Blocks behind the data that hold redo. */
  int redoBlocks() {
    return redoInHeader() ? 0 : LogFormat.blocksFor(redoBytes);
  }

  int totalBlocks() {
    return headerBlocks + dataCrcs.length + redoBlocks();
  }

  /**
   * Writes the header blocks at the target's position.
   *
   * @param redo the framed elements, taken when they fit into the header; consumed then
   */
  void encode(StoreId store, ByteBuffer redo, ByteBuffer target) {
    int start = target.position();
    int end = start + headerBlocks * BLOCK_BYTES;
    target.putLong(LogFormat.GROUP_MAGIC);
    target.putInt(0);
    target.putShort((short) headerBlocks);
    int place = redoInHeader() ? LogFormat.REDO_IN_HEADER : LogFormat.REDO_BEHIND_DATA;
    target.putShort((short) (place | unsynced + 1 << LogFormat.UNSYNCED_SHIFT));
    target.putLong(store.high());
    target.putLong(store.low());
    target.putLong(segment);
    target.putInt(block);
    target.putInt(dataCrcs.length);
    target.putLong(incarnation);
    target.putLong(previousIncarnation);
    target.putLong(sequence);
    target.putInt(redoBytes);
    target.putInt(redoCrc);
    for (int crc : dataCrcs) {
      target.putInt(crc);
    }
    if (redoInHeader()) {
      target.put(redo);
    }
    Buffers.putZeros(target, end - target.position());
    target.putInt(start + LogFormat.GROUP_CRC_OFFSET, headerCrc(target, start, end));
  }

  /**
   * The number of header blocks that a group's first block announces, or 0 when the block does not
   * begin a group of this store at this place.
   */
  static int announcedBlocks(StoreId store, long segment, int block, ByteBuffer first) {
    int headerBlocks = first.getShort(LogFormat.GROUP_HEADER_BLOCKS_OFFSET);
    boolean ours =
        first.getLong(LogFormat.GROUP_MAGIC_OFFSET) == LogFormat.GROUP_MAGIC
            && first.getLong(LogFormat.GROUP_STORE_OFFSET) == store.high()
            && first.getLong(LogFormat.GROUP_STORE_OFFSET + Long.BYTES) == store.low()
            && first.getLong(LogFormat.GROUP_SEGMENT_OFFSET) == segment
            && first.getInt(LogFormat.GROUP_BLOCK_OFFSET) == block;
    boolean sound =
        headerBlocks >= 1
            && headerBlocks <= LogFormat.headerBlocksFor(LogFormat.GROUP_DATA_BLOCKS_MAX);
    return ours && sound ? headerBlocks : 0;
  }

  /**
   * Reads a header.
   *
   * @param header the header blocks, from index 0 to the limit
   * @return null when they are not a sound header
   */
  static @Nullable GroupHeader decode(int segmentBlocks, ByteBuffer header) {
    int bytes = header.limit();
    int headerBlocks = bytes / BLOCK_BYTES;
    if (header.getInt(LogFormat.GROUP_CRC_OFFSET) != headerCrc(header, 0, bytes)) {
      return null;
    }
    int dataBlocks = header.getInt(LogFormat.GROUP_DATA_BLOCKS_OFFSET);
    int redoBytes = header.getInt(LogFormat.GROUP_REDO_BYTES_OFFSET);
    if (dataBlocks < 0
        || dataBlocks > LogFormat.GROUP_DATA_BLOCKS_MAX
        || LogFormat.headerBlocksFor(dataBlocks) > headerBlocks
        || redoBytes < 0
        || redoBytes > (long) segmentBlocks * BLOCK_BYTES) {
      return null;
    }
    int[] crcs = new int[dataBlocks];
    for (int i = 0; i < dataBlocks; i++) {
      crcs[i] = header.getInt(GROUP_FIELDS_BYTES + i * Integer.BYTES);
    }
    int place = Short.toUnsignedInt(header.getShort(LogFormat.GROUP_REDO_PLACE_OFFSET));
    GroupHeader group =
        new GroupHeader(
            headerBlocks,
            header.getLong(LogFormat.GROUP_SEGMENT_OFFSET),
            header.getInt(LogFormat.GROUP_BLOCK_OFFSET),
            header.getLong(LogFormat.GROUP_INCARNATION_OFFSET),
            header.getLong(LogFormat.GROUP_PREVIOUS_OFFSET),
            header.getLong(LogFormat.GROUP_SEQUENCE_OFFSET),
            (place >>> LogFormat.UNSYNCED_SHIFT) - 1,
            redoBytes,
            header.getInt(LogFormat.GROUP_REDO_CRC_OFFSET),
            crcs);
    int expected = group.redoInHeader() ? LogFormat.REDO_IN_HEADER : LogFormat.REDO_BEHIND_DATA;
    boolean inside = group.block >= 0 && group.block + group.totalBlocks() < segmentBlocks;
    return (place & LogFormat.REDO_PLACE_MASK) == expected && inside ? group : null;
  }

  private static int headerCrc(ByteBuffer buffer, int start, int end) {
    CRC32C crc = new CRC32C();
    int from = start + LogFormat.GROUP_CRC_OFFSET + Integer.BYTES;
    crc.update(buffer.slice(start, LogFormat.GROUP_CRC_OFFSET));
    crc.update(buffer.slice(from, end - from));
    return (int) crc.getValue();
  }
}
