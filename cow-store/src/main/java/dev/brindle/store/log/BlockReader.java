package dev.brindle.store.log;

import static dev.brindle.store.log.LogFormat.BLOCK_BYTES;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.tinylog.Logger;

/** Reads blocks from segment files and verifies them. The caller holds the segments pinned. */
final class BlockReader {
  /** From here on a read goes straight from the file into the caller's buffer. */
  private static final int DIRECT_BYTES_MIN = 64 << 10;

  private final OpenSegments files;
  private final BlockCache cache;
  private final SegmentScanner scanner;
  private final int segmentBlocks;

  BlockReader(OpenSegments files, BlockCache cache, SegmentScanner scanner, int segmentBlocks) {
    this.files = files;
    this.cache = cache;
    this.scanner = scanner;
    this.segmentBlocks = segmentBlocks;
  }

  /** Reads bytes that begin in the given block. */
  void read(long address, int skipBytes, int lengthBytes, ByteBuffer target) throws IOException {
    long first = address + skipBytes / BLOCK_BYTES;
    int skip = skipBytes % BLOCK_BYTES;
    int left = lengthBytes;
    if (left >= DIRECT_BYTES_MIN) {
      if (skip > 0) {
        int edge = BLOCK_BYTES - skip;
        readCached(first, skip, edge, target);
        first++;
        left -= edge;
        skip = 0;
      }
      int count = left / BLOCK_BYTES;
      readDirect(first, count, target);
      first += count;
      left -= count * BLOCK_BYTES;
    }
    if (left > 0) {
      readCached(first, skip, left, target);
    }
  }

  /** Reads whole blocks of one segment past the cache. */
  void readDirect(long address, int count, ByteBuffer target) throws IOException {
    SegmentFile file = files.acquire(address / segmentBlocks);
    try {
      int bytes = count * BLOCK_BYTES;
      readVerified(
          file, (int) (address % segmentBlocks), count, target.slice(target.position(), bytes));
      target.position(target.position() + bytes);
    } finally {
      files.release(file);
    }
  }

  private void readCached(long address, int skipBytes, int lengthBytes, ByteBuffer target)
      throws IOException {
    int count = LogFormat.blocksFor(skipBytes + (long) lengthBytes);
    int skip = skipBytes;
    int left = lengthBytes;
    for (int i = 0; i < count; ) {
      byte[] block = cache.get(address + i);
      int loaded = 1;
      byte[] bytes;
      int at;
      if (block != null) {
        bytes = block;
        at = 0;
      } else {
        loaded = missingRun(address + i, count - i);
        bytes = load(address + i, loaded);
        at = 0;
      }
      int usable = Math.min(left, loaded * BLOCK_BYTES - skip);
      target.put(bytes, at + skip, usable);
      left -= usable;
      skip = 0;
      i += loaded;
    }
  }

  private int missingRun(long address, int max) {
    int run = 1;
    while (run < max && cache.get(address + run) == null) {
      run++;
    }
    return run;
  }

  /** Reads blocks and keeps them in the cache. */
  private byte[] load(long address, int count) throws IOException {
    byte[] bytes = new byte[count * BLOCK_BYTES];
    SegmentFile file = files.acquire(address / segmentBlocks);
    try {
      readVerified(file, (int) (address % segmentBlocks), count, ByteBuffer.wrap(bytes));
    } finally {
      files.release(file);
    }
    if (count == 1) {
      cache.put(address, bytes);
    } else {
      for (int i = 0; i < count; i++) {
        byte[] block = new byte[BLOCK_BYTES];
        System.arraycopy(bytes, i * BLOCK_BYTES, block, 0, BLOCK_BYTES);
        cache.put(address + i, block);
      }
    }
    return bytes;
  }

  /**
   * Fills the target, from index 0, with blocks of a segment.
   *
   * @throws CorruptStoreException a block is not what was written
   */
  void readVerified(SegmentFile file, int block, int count, ByteBuffer target) throws IOException {
    int place = file.place(block, count);
    Buffers.readFully(
        file.file(), file.offset(place), target.duplicate().limit(count * BLOCK_BYTES));
    CRC32C crc = new CRC32C();
    for (int i = 0; i < count; i++) {
      crc.reset();
      crc.update(target.slice(i * BLOCK_BYTES, BLOCK_BYTES));
      int expected = checksum(file, place + i);
      if ((int) crc.getValue() != expected) {
        throw new CorruptStoreException(
            file.file().name(),
            file.offset(place + i),
            "block %d of the segment has checksum %08x, expected %08x"
                .formatted(block + i, (int) crc.getValue(), expected));
      }
    }
  }

  /** The checksum that a block of a file was written with. */
  int checksum(SegmentFile file, int place) throws IOException {
    int[] held = file.checksums();
    if (held != null) {
      return held[place];
    }
    int page = place / LogFormat.PAGE_NUMBERS;
    int[] numbers = cache.checksumPage(file.number(), page);
    if (numbers == null) {
      numbers = file.readChecksumPage(page);
      if (numbers == null) {
        return rebuiltChecksum(file, place);
      }
      cache.putChecksumPage(file.number(), page, numbers);
    }
    return numbers[place % LogFormat.PAGE_NUMBERS];
  }

  /** The group headers of a normal segment say the checksums once more. */
  private int rebuiltChecksum(SegmentFile file, int place) throws IOException {
    long offset = file.header().pageOffset(place / LogFormat.PAGE_NUMBERS);
    if (file.header().rewritten()) {
      throw new CorruptStoreException(
          file.file().name(), offset, "a page of checksums is not what was written");
    }
    Logger.warn(
        "damaged store file {} at byte {}: a page of checksums is not what was written;"
            + " taking them from the groups",
        file.file().name(),
        offset);
    int[] checksums = new int[segmentBlocks];
    scanner.scan(file, checksums);
    file.holdChecksums(checksums);
    return checksums[place];
  }
}
