package dev.brindle.store.log;

import dev.brindle.store.CorruptStoreException;
import java.nio.ByteBuffer;

/**
 * What is known of a segment in memory: its live map now, and as of the last durable checkpoint,
 * which recovery would go back to. Guarded by the {@link SegmentTable}.
 *
 * <p>A map is shared between the three roles while they are equal, and copied before it changes.
 */
final class Segment {
  private static final int ROW_FIXED_BYTES = Integer.BYTES + Integer.BYTES;

  final long number;

  /** Data blocks in the file: fewer than addresses after a rewriting. */
  int fileBlocks;

  /** Something differs from the row that the last freeze took. */
  boolean changed;

  /** The file could not be read when it was to be rewritten: it is left as it is. */
  boolean damaged;

  private LiveMap now;
  private LiveMap committed;
  private boolean nowIsShared;

  /** A segment nothing of which is live. */
  Segment(long number, int fileBlocks) {
    this(number, fileBlocks, new LiveMap());
    changed = true;
  }

  private Segment(long number, int fileBlocks, LiveMap map) {
    this.number = number;
    this.fileBlocks = fileBlocks;
    this.now = map;
    this.committed = map;
    this.nowIsShared = true;
  }

  LiveMap now() {
    return now;
  }

  LiveMap committed() {
    return committed;
  }

  /** What no rewriting may leave out. */
  @SuppressWarnings("ReferenceEquality")
  LiveMap kept() {
    return now == committed ? now : now.union(committed);
  }

  void markLive(int block, int blocks) {
    change().add(block, blocks);
  }

  void markDead(int block, int blocks) {
    change().remove(block, blocks);
  }

  /** Takes another map for what is live now. */
  void replace(LiveMap map) {
    now = map;
    nowIsShared = true;
    changed = true;
  }

  private LiveMap change() {
    if (nowIsShared) {
      now = now.copy();
      nowIsShared = false;
    }
    changed = true;
    return now;
  }

  /** The map as it is now; it will not change any more. */
  LiveMap freeze() {
    if (!nowIsShared) {
      now.compact();
      nowIsShared = true;
    }
    changed = false;
    return now;
  }

  void commit(LiveMap frozen) {
    committed = frozen;
  }

  /** A row: file blocks, live map, CRC32C of both and the number before them. */
  static byte[] encodeRow(long number, int fileBlocks, LiveMap map) {
    ByteBuffer row = ByteBuffer.allocate(ROW_FIXED_BYTES + map.encodedBytes());
    row.putInt(fileBlocks);
    map.encode(row);
    row.putInt(checksum(number, row, row.position()));
    return row.array();
  }

  private static int checksum(long number, ByteBuffer row, int end) {
    ByteBuffer numbered = ByteBuffer.allocate(Long.BYTES + end);
    numbered.putLong(number).put(row.array(), 0, end);
    return Buffers.crc(numbered, 0, numbered.position());
  }

  static Segment decodeRow(long number, int segmentBlocks, byte[] bytes)
      throws CorruptStoreException {
    ByteBuffer row = ByteBuffer.wrap(bytes);
    int end = bytes.length - Integer.BYTES;
    // Rows of the first stores have a checksum without the number.
    if (end < Integer.BYTES
        || (row.getInt(end) != checksum(number, row, end)
            && row.getInt(end) != Buffers.crc(row, 0, end))) {
      throw new CorruptStoreException(
          "index", -1, "the row of segment " + number + " is not what was written");
    }
    row.limit(end);
    int fileBlocks = row.getInt();
    return new Segment(number, fileBlocks, LiveMap.decode(segmentBlocks, row));
  }
}
