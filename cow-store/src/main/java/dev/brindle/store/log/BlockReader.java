package dev.brindle.store.log;

import static dev.brindle.store.log.LogFormat.BLOCK_BYTES;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Reads blocks from segment files and verifies them. The caller holds the segments pinned. */
final class BlockReader {
  /** From here on a read goes straight from the file into the caller's buffer. */
  private static final int DIRECT_BYTES_MIN = 64 << 10;

  /**
   * What is read and then verified in one piece: small enough for a processor's own cache, and for
   * the host to read on meanwhile.
   */
  private static final int PIECE_BLOCKS = 32;

  private final OpenSegments files;
  private final BlockCache cache;
  private final BlockChecksums checksums;
  private final int segmentBlocks;

  BlockReader(OpenSegments files, BlockCache cache, SegmentScanner scanner, int segmentBlocks) {
    this.files = files;
    this.cache = cache;
    this.checksums = new BlockChecksums(cache, scanner, segmentBlocks);
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
    int bytes = count * BLOCK_BYTES;
    load(address, null, target.slice(target.position(), bytes));
    target.position(target.position() + bytes);
  }

  /** Reads whole blocks of one segment past the cache, of which only some need be sound. */
  void readAmong(long address, BitSet wanted, ByteBuffer target) throws IOException {
    load(address, wanted, target.slice());
  }

  private void readCached(long address, int skipBytes, int lengthBytes, ByteBuffer target)
      throws IOException {
    int count = LogFormat.blocksFor(skipBytes + (long) lengthBytes);
    int skip = skipBytes;
    int left = lengthBytes;
    for (int i = 0; i < count; ) {
      byte[] block = cache.get(address + i);
      int run = block != null ? 1 : missingRun(address + i, count - i);
      int usable = Math.min(left, run * BLOCK_BYTES - skip);
      if (block != null) {
        target.put(block, skip, usable);
      } else if (usable == run * BLOCK_BYTES) {
        loadKept(address + i, run, target.slice(target.position(), usable));
        target.position(target.position() + usable);
      } else {
        byte[] bytes = new byte[run * BLOCK_BYTES];
        loadKept(address + i, run, ByteBuffer.wrap(bytes));
        target.put(bytes, skip, usable);
      }
      left -= usable;
      skip = 0;
      i += run;
    }
  }

  private int missingRun(long address, int max) {
    int run = 1;
    while (run < max && cache.get(address + run) == null) {
      run++;
    }
    return run;
  }

  /** Fills the target with blocks and keeps them in the cache. */
  private void loadKept(long address, int count, ByteBuffer target) throws IOException {
    load(address, null, target);
    for (int i = 0; i < count; i++) {
      byte[] block = new byte[BLOCK_BYTES];
      target.get(i * BLOCK_BYTES, block);
      cache.put(address + i, block);
    }
  }

  private void load(long address, @Nullable BitSet wanted, ByteBuffer target) throws IOException {
    SegmentFile file = files.acquire(address / segmentBlocks);
    try {
      readVerified(file, (int) (address % segmentBlocks), wanted, target);
    } finally {
      files.release(file);
    }
  }

  /**
   * Fills the target, from index 0, with blocks of a segment.
   *
   * @param wanted those that must be what was written, counted from the first; null for all
   * @throws CorruptStoreException one of them is not
   */
  void readVerified(SegmentFile file, int block, @Nullable BitSet wanted, ByteBuffer target)
      throws IOException {
    int count = target.limit() / BLOCK_BYTES;
    int place = file.place(block, count);
    if (count > PIECE_BLOCKS) {
      file.startRead(place, count);
    }
    for (int done = 0; done < count; ) {
      int piece = Math.min(PIECE_BLOCKS, count - done);
      ByteBuffer bytes = target.slice(done * BLOCK_BYTES, piece * BLOCK_BYTES);
      Buffers.readFully(file.file(), file.offset(place + done), bytes);
      BitSet here = wanted == null ? null : wanted.get(done, done + piece);
      verify(file, block + done, place + done, here, bytes.flip());
      done += piece;
    }
  }

  private void verify(
      SegmentFile file, int block, int place, @Nullable BitSet wanted, ByteBuffer bytes)
      throws IOException {
    CRC32C crc = new CRC32C();
    int count = bytes.limit() / BLOCK_BYTES;
    BlockChecksums.Run run = checksums.from(file, place);
    for (int i = 0; i < count; i++) {
      if (wanted != null && !wanted.get(i)) {
        continue;
      }
      if (!run.has(place + i)) {
        run = checksums.from(file, place + i);
      }
      crc.reset();
      crc.update(bytes.limit((i + 1) * BLOCK_BYTES).position(i * BLOCK_BYTES));
      int expected = run.of(place + i);
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
    return checksums.from(file, place).of(place);
  }
}
