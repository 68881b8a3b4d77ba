package dev.brindle.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The heap for a store: the same for most, and enough for what grows with it. */
final class StoreHeapTest {
  private static final long MIB = 1 << 20;
  private static final long TIB = 1L << 40;
  private static final long SEGMENT_BYTES = 64 * MIB;

  @Test
  void bytesFor_smallStore_isTheLeast(@TempDir Path directory) throws IOException {
    assertEquals(512 * MIB, StoreHeap.bytesFor(directory), "nothing is there");
    Store.create(directory.resolve("store"), StoreOptions.defaults());
    assertEquals(512 * MIB, StoreHeap.bytesFor(directory.resolve("store")));
    assertEquals(512 * MIB, StoreHeap.bytesFor(100 * 1024 * MIB / SEGMENT_BYTES, 1024 * MIB));
  }

  @Test
  void bytesFor_whatIsThere_countsSegmentsAndIndex(@TempDir Path directory) throws IOException {
    Path store = directory.resolve("store");
    Store.create(store, StoreOptions.defaults());
    for (int i = 0; i < 10_000; i++) {
      Files.createFile(store.resolve("log").resolve("%016d.seg".formatted(1_000 + i)));
    }
    long segments = StoreHeap.bytesFor(store);
    assertTrue(segments >= 512 * MIB + 100 * MIB, segments + " bytes");
    try (RandomAccessFile index = new RandomAccessFile(store.resolve("index.db").toFile(), "rw")) {
      index.setLength(100 * 1024 * MIB);
    }
    long both = StoreHeap.bytesFor(store);
    assertTrue(both >= segments + 400 * MIB, both + " bytes");
  }

  /** The figures of fuse-daemon's README. */
  @Test
  void bytesFor_terabytesWithTheirIndex() {
    assertEquals(832 * MIB, StoreHeap.bytesFor(TIB / SEGMENT_BYTES, 9 * 1024 * MIB));
    assertEquals(1_920 * MIB, StoreHeap.bytesFor(4 * TIB / SEGMENT_BYTES, 36 * 1024 * MIB));
  }

  /**
   * A segment's live blocks are two bitmaps of 2 KiB in the worst case, and its row is one more.
   */
  @Test
  void bytesFor_fragmentedTerabytes_holdsTheirLiveMaps() {
    for (long tebibytes = 1; tebibytes <= 16; tebibytes++) {
      long segments = tebibytes * TIB / SEGMENT_BYTES;
      long heap = StoreHeap.bytesFor(segments, tebibytes * 9 * 1024 * MIB);
      assertTrue(heap - 400 * MIB >= segments * 9_250, tebibytes + " TiB: " + heap);
      assertEquals(0, heap % (64 * MIB));
    }
  }
}
