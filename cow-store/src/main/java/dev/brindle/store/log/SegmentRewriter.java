package dev.brindle.store.log;

import static dev.brindle.store.log.LogFormat.BLOCK_BYTES;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies what is kept of a segment into a new file of the rewritten form, under a temporary name.
 */
final class SegmentRewriter {
  private static final int PIECE_BLOCKS = 256;

  private final Disk disk;
  private final StoreId store;
  private final BlockReader reader;

  private record Run(int start, int count) {}

  SegmentRewriter(Disk disk, StoreId store, BlockReader reader) {
    this.disk = disk;
    this.store = store;
    this.reader = reader;
  }

  /**
   * Writes the file and makes its content durable.
   *
   * @throws dev.brindle.store.CorruptStoreException a block that is to be kept is damaged
   * @throws dev.brindle.store.disk.DiskFullException the host has no room for it
   */
  void write(SegmentFile source, LiveMap kept, String name) throws IOException {
    List<Run> runs = new ArrayList<>();
    kept.forEachRun((start, count) -> runs.add(new Run(start, count)));
    SegmentHeader header =
        new SegmentHeader(
            store,
            true,
            source.number(),
            source.header().segmentBlocks(),
            kept.count(),
            runs.size());
    try (DiskFile target = disk.open(name, Disk.OpenMode.CREATE)) {
      target.allocate(0, header.fileBytes());
      target.write(0, header.encode());
      int[] checksums = copy(source, runs, header, target);
      target.write(header.pageOffset(0), TablePage.encode(header.number(), 0, checksums));
      target.write(
          header.pageOffset(header.checksumPages()),
          TablePage.encode(header.number(), header.checksumPages(), pairs(runs)));
      target.sync();
    }
  }

  private int[] copy(SegmentFile source, List<Run> runs, SegmentHeader header, DiskFile target)
      throws IOException {
    int[] checksums = new int[header.fileBlocks()];
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BLOCKS * BLOCK_BYTES);
    int place = 0;
    for (Run run : runs) {
      for (int done = 0; done < run.count(); done += PIECE_BLOCKS) {
        int block = run.start() + done;
        int count = Math.min(PIECE_BLOCKS, run.count() - done);
        reader.readVerified(source, block, null, piece.clear().limit(count * BLOCK_BYTES));
        int from = source.place(block, count);
        for (int i = 0; i < count; i++) {
          checksums[place + i] = reader.checksum(source, from + i);
        }
        target.write(header.dataOffset(place), piece.clear().limit(count * BLOCK_BYTES));
        place += count;
      }
    }
    return checksums;
  }

  private static int[] pairs(List<Run> runs) {
    int[] pairs = new int[2 * runs.size()];
    for (int i = 0; i < runs.size(); i++) {
      pairs[2 * i] = runs.get(i).start();
      pairs[2 * i + 1] = runs.get(i).count();
    }
    return pairs;
  }
}
