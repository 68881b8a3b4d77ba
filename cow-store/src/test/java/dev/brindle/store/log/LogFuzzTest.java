package dev.brindle.store.log;

import static dev.brindle.store.log.LogFormat.BLOCK_BYTES;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk.OpenMode;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.fuzz.DecoderFuzz;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Broken groups, segments and rows of segments. */
class LogFuzzTest {
  private static final StoreId STORE = new StoreId(1, 2);
  private static final int SEGMENT_BLOCKS = 256;
  private static final String NAME = LogFormat.segmentName(3);

  private static byte[] groupHeader(int dataBlocks, int redoBytes) {
    int headerBlocks = LogFormat.headerBlocksFor(dataBlocks);
    ByteBuffer redo = ByteBuffer.allocate(redoBytes);
    ByteBuffer block = ByteBuffer.allocate(headerBlocks * BLOCK_BYTES);
    new GroupHeader(
            headerBlocks, 3, 5, 2L << 32, 1L << 32, 42, 1, redoBytes, 0, new int[dataBlocks])
        .encode(STORE, redo, block);
    return block.array();
  }

  private static byte[] withHeaderChecksum(byte[] header) {
    int at = LogFormat.GROUP_CRC_OFFSET;
    if (header.length >= BLOCK_BYTES) {
      ByteBuffer block = ByteBuffer.wrap(header);
      java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
      crc.update(header, 0, at);
      crc.update(header, at + Integer.BYTES, header.length - at - Integer.BYTES);
      block.putInt(at, (int) crc.getValue());
    }
    return header;
  }

  @Test
  void groupHeader_ofBrokenBytes_isReadOrRefused() throws IOException {
    DecoderFuzz.run(
        "group header",
        List.of(groupHeader(1, 9), groupHeader(100, 0), groupHeader(0, 9_000)),
        LogFuzzTest::withHeaderChecksum,
        bytes -> {
          int blocks = bytes.length / BLOCK_BYTES;
          ByteBuffer header = ByteBuffer.wrap(bytes, 0, blocks * BLOCK_BYTES).slice();
          if (blocks > 0 && GroupHeader.announcedBlocks(STORE, 3, 5, header) == blocks) {
            GroupHeader.decode(SEGMENT_BLOCKS, header);
          }
        });
  }

  private static byte[] rewrittenSegment() {
    SegmentHeader header = new SegmentHeader(STORE, true, 3, SEGMENT_BLOCKS, 12, 3);
    ByteBuffer file = ByteBuffer.allocate((int) header.fileBytes());
    file.put(header.encode());
    file.position((int) header.pageOffset(0));
    file.put(TablePage.encode(3, 0, new int[12]));
    file.put(TablePage.encode(3, 1, new int[] {4, 5, 20, 1, 100, 6}));
    return file.array();
  }

  private static byte[] normalSegment() {
    return SegmentHeader.normal(STORE, 3, SEGMENT_BLOCKS).encode().array();
  }

  /** Of the header, and of the run table where it stands in the sound file. */
  private static byte[] withSegmentChecksums(byte[] bytes) {
    ByteBuffer file = ByteBuffer.wrap(bytes);
    if (bytes.length >= BLOCK_BYTES) {
      file.putInt(LogFormat.SEGMENT_CRC_OFFSET, Buffers.crc(file, 0, LogFormat.SEGMENT_CRC_OFFSET));
    }
    int runs = 14 * BLOCK_BYTES;
    if (bytes.length >= runs + BLOCK_BYTES) {
      int crc = Buffers.crc(file, runs, LogFormat.PAGE_CRC_OFFSET);
      file.putInt(runs + LogFormat.PAGE_CRC_OFFSET, crc);
    }
    return bytes;
  }

  @Test
  void segment_ofBrokenBytes_isOpenedOrRefused() throws IOException {
    DecoderFuzz.run(
        "segment",
        List.of(rewrittenSegment(), normalSegment()),
        LogFuzzTest::withSegmentChecksums,
        bytes -> {
          try (SegmentFile segment = open(bytes)) {
            for (int block = 0; block < SEGMENT_BLOCKS; block += 5) {
              place(segment, block);
            }
          }
        });
  }

  private static void place(SegmentFile segment, int block) throws IOException {
    try {
      segment.readChecksumPage(segment.place(block, 1) / LogFormat.PAGE_NUMBERS);
    } catch (dev.brindle.store.CorruptStoreException e) {
      if (e.getMessage() == null) {
        throw e;
      }
    }
  }

  private static SegmentFile open(byte[] bytes) throws IOException {
    FaultyDisk disk = new FaultyDisk();
    disk.createDirectory(LogFormat.DIRECTORY);
    try (DiskFile file = disk.open(NAME, OpenMode.CREATE)) {
      file.write(0, ByteBuffer.wrap(bytes));
    }
    return SegmentFile.open(disk, STORE, 3, SEGMENT_BLOCKS, OpenMode.READ);
  }

  @Test
  void runTable_ofBrokenNumbers_isSoundOrRefused() throws IOException {
    byte[] sound =
        ByteBuffer.allocate(24)
            .putInt(4)
            .putInt(5)
            .putInt(20)
            .putInt(1)
            .putInt(100)
            .putInt(6)
            .array();
    DecoderFuzz.run(
        "run table",
        List.of(sound),
        bytes -> bytes,
        bytes -> {
          int[] pairs = new int[bytes.length / 8 * 2];
          ByteBuffer.wrap(bytes).asIntBuffer().get(pairs);
          RunTable runs = new RunTable(pairs, pairs.length / 2);
          if (runs.isSound(SEGMENT_BLOCKS, 12)) {
            for (int block = 0; block < SEGMENT_BLOCKS; block++) {
              int place = runs.place(block, 1);
              if (place < -1 || place >= 12) {
                throw new IllegalStateException("block " + block + " at " + place);
              }
            }
          }
        });
  }

  @Test
  void rowOfASegment_ofBrokenBytes_isReadOrRefused() throws IOException {
    List<byte[]> rows = new ArrayList<>();
    LiveMap map = new LiveMap();
    map.add(3, 10);
    map.add(100, 1);
    rows.add(Segment.encodeRow(3, SEGMENT_BLOCKS, map));
    LiveMap holed = new LiveMap();
    for (int block = 0; block < SEGMENT_BLOCKS; block += 2) {
      holed.add(block, 1);
    }
    holed.compact();
    rows.add(Segment.encodeRow(3, 200, holed));
    DecoderFuzz.run(
        "row of a segment",
        rows,
        bytes -> {
          if (bytes.length >= Integer.BYTES) {
            ByteBuffer row = ByteBuffer.wrap(bytes);
            int end = bytes.length - Integer.BYTES;
            row.putInt(end, Buffers.crc(row, 0, end));
          }
          return bytes;
        },
        bytes -> Segment.decodeRow(3, SEGMENT_BLOCKS, bytes));
  }

  @Test
  void logState_ofBrokenBytes_isReadOrRefused() throws IOException {
    DecoderFuzz.run(
        "log state",
        List.of(new LogState(new LogPosition(500), 1L << 32, 7).encode()),
        bytes -> bytes,
        LogState::decode);
  }
}
