package dev.brindle.store.log;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An open segment file, in the normal or the rewritten form: knows where in the file a block of the
 * segment stands.
 *
 * <p>The head's checksums are in memory until it is sealed; those of the others are in the file.
 */
final class SegmentFile implements Closeable {
  private final DiskFile file;
  private final SegmentHeader header;
  private final @Nullable RunTable runs;
  private final ReadStreams streams = new ReadStreams();

  /** By block of the file; null when they are to be read from the file's pages. */
  private volatile int @Nullable [] checksums;

  private volatile int writtenBlocks;

  private SegmentFile(DiskFile file, SegmentHeader header, @Nullable RunTable runs) {
    this.file = file;
    this.header = header;
    this.runs = runs;
  }

  /**
   * Opens a segment's file and verifies its header and run table.
   *
   * @throws CorruptStoreException it is missing, damaged, or another segment's
   */
  static SegmentFile open(
      Disk disk, StoreId store, long number, int segmentBlocks, Disk.OpenMode mode)
      throws IOException {
    String name = LogFormat.segmentName(number);
    if (!disk.exists(name)) {
      throw new CorruptStoreException(name, -1, "the segment is missing, and the data in it");
    }
    DiskFile file = disk.open(name, mode);
    try {
      SegmentHeader header = SegmentHeader.read(file, store, number, segmentBlocks);
      return new SegmentFile(file, header, header.rewritten() ? readRuns(file, header) : null);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** A file of the normal form, by a header that it ought to have. */
  static SegmentFile of(DiskFile file, SegmentHeader normal) {
    return new SegmentFile(file, normal, null);
  }

  private static RunTable readRuns(DiskFile file, SegmentHeader header) throws IOException {
    int[] pairs = new int[2 * header.runs()];
    for (int i = 0; i < header.runPages(); i++) {
      int page = header.checksumPages() + i;
      int[] numbers = readPage(file, header, page);
      if (numbers == null) {
        throw new CorruptStoreException(
            file.name(),
            header.pageOffset(page),
            "a page of the run table is not what was written");
      }
      int from = i * LogFormat.PAGE_NUMBERS;
      System.arraycopy(
          numbers, 0, pairs, from, Math.min(LogFormat.PAGE_NUMBERS, pairs.length - from));
    }
    RunTable runs = new RunTable(pairs, header.runs());
    if (!runs.isSound(header.segmentBlocks(), header.fileBlocks())) {
      throw new CorruptStoreException(
          file.name(), header.pageOffset(header.checksumPages()), "the run table is not in order");
    }
    return runs;
  }

  private static int @Nullable [] readPage(DiskFile file, SegmentHeader header, int page)
      throws IOException {
    ByteBuffer block = ByteBuffer.allocate(LogFormat.BLOCK_BYTES);
    if (file.read(header.pageOffset(page), block) < LogFormat.BLOCK_BYTES) {
      return null;
    }
    return TablePage.decode(header.number(), page, block);
  }

  /** A page of checksums, or null when it is missing or damaged. */
  int @Nullable [] readChecksumPage(int page) throws IOException {
    return readPage(file, header, page);
  }

  DiskFile file() {
    return file;
  }

  SegmentHeader header() {
    return header;
  }

  long number() {
    return header.number();
  }

  /** Whether the file has a block of the segment. */
  boolean has(int block) {
    return runs == null ? block < header.fileBlocks() : runs.place(block, 1) >= 0;
  }

  /**
   * The file's block that holds a block of the segment.
   *
   * @throws CorruptStoreException the range is not, or not in one piece, in this file
   */
  int place(int block, int count) throws CorruptStoreException {
    int place = runs != null ? runs.place(block, count) : block;
    if (place < 0 || place + count > header.fileBlocks()) {
      throw new CorruptStoreException(
          file.name(), -1, "blocks %d to %d are not in it".formatted(block, block + count - 1));
    }
    return place;
  }

  long offset(int place) {
    return header.dataOffset(place);
  }

  /**
   * Has the host begin to read blocks of the file that belong to no sequence. What is read in
   * sequence the host reads ahead by itself, and further.
   */
  void startRead(int place, int count) {
    long offset = offset(place);
    long length = (long) count * LogFormat.BLOCK_BYTES;
    if (!streams.inSequence(offset, length)) {
      file.startRead(offset, length);
    }
  }

  int @Nullable [] checksums() {
    return checksums;
  }

  /** Keeps checksums in memory from now on. */
  void holdChecksums(int[] byPlace) {
    checksums = byPlace;
  }

  /** The first blocks of the file that something was written to before it was a segment. */
  int writtenBlocks() {
    return writtenBlocks;
  }

  void setWrittenBlocks(int blocks) {
    writtenBlocks = blocks;
  }

  /** Writes the checksum pages; from then on they are read from the file. */
  void seal() throws IOException {
    int[] held = checksums;
    if (held == null) {
      throw new IllegalStateException("segment " + number() + " is sealed already");
    }
    file.write(header.pageOffset(0), TablePage.encode(number(), 0, held));
    checksums = null;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
