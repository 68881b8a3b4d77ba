package dev.brindle.store;

import dev.brindle.store.disk.HostDisk;
import dev.brindle.store.index.Index;
import dev.brindle.store.log.Log;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What heap a process needs that has a store open. Nearly all is bounded by {@link StoreOptions}
 * and the same for each store; what is known of every segment and of every page of the index is
 * not, and where there is no room for it the store does not open.
 */
public final class StoreHeap {
  /** What every store gets: its caches, and what is known of a store of a terabyte. */
  private static final long BYTES_MIN = 512L << 20;

  private static final long INCLUDED_BYTES = 64L << 20;

  /**
   * A segment: two bitmaps of its live blocks (as they are, and as of the last checkpoint), its row
   * and its share of a page of the index, before and while a checkpoint writes it.
   */
  private static final long SEGMENT_BYTES = 10_000;

  /**
   * The part of the index that is in memory: a checksum for each page, twice while they change, and
   * each page's place while a base is written.
   */
  private static final int INDEX_SHARE = 4096 / (3 * Integer.BYTES);

  /** A store may grow for so many times as long as it is open. */
  private static final int GROWTH = 2;

  /** Where the virtual machine's references are of 32 bits. */
  private static final long BYTES_MAX = 30L << 30;

  private static final long UNIT_BYTES = 64L << 20;

  private StoreHeap() {}

  /**
   * What to give to a process that opens this store, with {@link StoreOptions#defaults}: 512 MiB
   * for most, more for one that has terabytes.
   *
   * @return bytes, a multiple of 64 MiB
   */
  public static long bytesFor(Path directory) throws IOException {
    try (HostDisk disk = new HostDisk(directory)) {
      return bytesFor(Log.segmentFiles(disk), Index.bytes(disk));
    }
  }

  /** As {@link #bytesFor(Path)}, of a store of so many segments and so long an index. */
  static long bytesFor(long segments, long indexBytes) {
    long growing = segments * SEGMENT_BYTES + indexBytes / INDEX_SHARE;
    long more = Math.max(0, GROWTH * growing - INCLUDED_BYTES);
    long units = (BYTES_MIN + more + UNIT_BYTES - 1) / UNIT_BYTES;
    return Math.min(BYTES_MAX, units * UNIT_BYTES);
  }
}
