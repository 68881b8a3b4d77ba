package dev.brindle.store.log;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import java.io.IOException;
import java.util.BitSet;
import org.tinylog.Logger;

/**
 * Supplies segments whose live maps are lost with maps in which all counts as live that is in their
 * files: so nothing is discarded that is referred to. What is dead in them stays taken until a
 * repair counts it anew.
 */
final class LostLiveMaps {
  private final Disk disk;
  private final StoreId store;
  private final int segmentBlocks;
  private final SegmentTable table;

  LostLiveMaps(Disk disk, StoreId store, int segmentBlocks, SegmentTable table) {
    this.disk = disk;
    this.store = store;
    this.segmentBlocks = segmentBlocks;
    this.table = table;
  }

  /** A segment that lies wholly before the checkpoint's position. */
  void supply(long number) throws IOException {
    BitSet live = new BitSet(segmentBlocks);
    int fileBlocks = segmentBlocks;
    try (SegmentFile file =
        SegmentFile.open(disk, store, number, segmentBlocks, Disk.OpenMode.READ)) {
      fileBlocks = file.header().fileBlocks();
      for (int block = 0; block < segmentBlocks; block++) {
        live.set(block, file.has(block));
      }
    } catch (CorruptStoreException e) {
      Logger.error(e, "all of segment {} counts as live", number);
      live.set(0, segmentBlocks);
    }
    table.supply(number, fileBlocks, LiveMap.ofBits(live));
  }

  /** The segment of the checkpoint's position: behind it redo says what is live. */
  void supplyHead(long number, int block) {
    BitSet live = new BitSet(segmentBlocks);
    live.set(0, block);
    table.supply(number, segmentBlocks, LiveMap.ofBits(live));
  }
}
