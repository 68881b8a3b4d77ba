package dev.brindle.store.model;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content of a regular file, immutable: a size, and the 4 KiB blocks that were written. A block
 * that is not there reads as zeros and must be a hole; one that is there and holds only zeros may
 * be either; so may one that was only allocated.
 *
 * @param written block number to its 4,096 bytes, which nobody changes; zeros behind the size
 * @param allocated blocks that {@code fallocate} promised space for and nobody wrote to
 */
record SparseBytes(
    long size, PersistentMap<Long, byte[]> written, PersistentMap<Long, Boolean> allocated) {
  static final int BLOCK = 4096;
  static final SparseBytes EMPTY = new SparseBytes(0, PersistentMap.empty(), PersistentMap.empty());
  private static final byte[] ZEROS = new byte[BLOCK];

  byte[] block(long number) {
    byte[] block = written.get(number);
    return block == null ? ZEROS : block;
  }

  /** The bytes of a range; fewer at the end of the file. */
  byte[] read(long offset, int length) {
    if (offset >= size) {
      return new byte[0];
    }
    byte[] bytes = new byte[(int) Math.min(length, size - offset)];
    for (int done = 0; done < bytes.length; ) {
      long at = offset + done;
      int skip = (int) (at % BLOCK);
      int part = Math.min(BLOCK - skip, bytes.length - done);
      System.arraycopy(block(at / BLOCK), skip, bytes, done, part);
      done += part;
    }
    return bytes;
  }

  SparseBytes write(long offset, byte[] bytes) {
    PersistentMap<Long, byte[]> blocks = written;
    PersistentMap<Long, Boolean> reserved = allocated;
    for (int done = 0; done < bytes.length; ) {
      long at = offset + done;
      int skip = (int) (at % BLOCK);
      int part = Math.min(BLOCK - skip, bytes.length - done);
      byte[] block = block(at / BLOCK).clone();
      System.arraycopy(bytes, done, block, skip, part);
      blocks = blocks.with(at / BLOCK, block);
      reserved = reserved.without(at / BLOCK);
      done += part;
    }
    return new SparseBytes(Math.max(size, offset + bytes.length), blocks, reserved);
  }

  SparseBytes resize(long newSize) {
    if (newSize >= size) {
      return new SparseBytes(newSize, written, allocated);
    }
    long firstGone = newSize / BLOCK + (newSize % BLOCK == 0 ? 0 : 1);
    SparseBytes cut =
        new SparseBytes(newSize, written.withoutFrom(firstGone), allocated.withoutFrom(firstGone));
    int keep = (int) (newSize % BLOCK);
    return keep == 0 ? cut : cut.zeroPart(newSize / BLOCK, keep, BLOCK);
  }

  SparseBytes punch(long offset, long length) {
    long end = offset + length;
    long first = offset / BLOCK + (offset % BLOCK == 0 ? 0 : 1);
    long last = end / BLOCK;
    SparseBytes result = this;
    if (first < last) {
      // space that was allocated behind the end may stay
      long blocks = size / BLOCK + (size % BLOCK == 0 ? 0 : 1);
      PersistentMap<Long, Boolean> left =
          first < blocks ? allocated.withoutRange(first, Math.min(last, blocks)) : allocated;
      result = new SparseBytes(size, written.withoutRange(first, last), left);
    }
    if (offset % BLOCK != 0) {
      int to = first > last ? (int) (end % BLOCK) : BLOCK;
      result = result.zeroPart(offset / BLOCK, (int) (offset % BLOCK), to);
    }
    if (end % BLOCK != 0 && first <= last) {
      result = result.zeroPart(end / BLOCK, 0, (int) (end % BLOCK));
    }
    return result;
  }

  SparseBytes allocate(long offset, long length, boolean keepSize) {
    PersistentMap<Long, Boolean> reserved = allocated;
    for (long block = offset / BLOCK; block <= (offset + length - 1) / BLOCK; block++) {
      if (!written.containsKey(block)) {
        reserved = reserved.with(block, true);
      }
    }
    return new SparseBytes(keepSize ? size : Math.max(size, offset + length), written, reserved);
  }

  /**
   * With a range of other content in it: holes are holes, or zeros; what was reserved is either.
   */
  SparseBytes copy(SparseBytes source, long from, long to, long length) {
    SparseBytes result = resize(Math.max(size, to + length)).punch(to, length);
    Map.@Nullable Entry<Long, byte[]> block = source.written.ceiling(from / BLOCK);
    while (block != null && block.getKey() * BLOCK < from + length) {
      long first = Math.max(from, block.getKey() * BLOCK);
      int end = (int) Math.min(BLOCK, from + length - block.getKey() * BLOCK);
      byte[] part = Arrays.copyOfRange(block.getValue(), (int) (first % BLOCK), end);
      result = result.write(to + first - from, part);
      block = source.written.ceiling(block.getKey() + 1);
    }
    Map.@Nullable Entry<Long, Boolean> reserved = source.allocated.ceiling(from / BLOCK);
    while (reserved != null && reserved.getKey() * BLOCK < from + length) {
      long first = Math.max(from, reserved.getKey() * BLOCK);
      long end = Math.min((reserved.getKey() + 1) * BLOCK, from + length);
      result = result.allocate(to + first - from, end - first, true);
      reserved = source.allocated.ceiling(reserved.getKey() + 1);
    }
    return result;
  }

  SparseBytes zero(long offset, long length, boolean keepSize) {
    return punch(offset, length).allocate(offset, length, keepSize);
  }

  /** Whether the block may not be reported as a hole: a byte of it is not zero. */
  boolean mustBeData(long number) {
    byte[] block = written.get(number);
    return block != null && !Arrays.equals(block, ZEROS);
  }

  /** Whether the block may be reported as data: somebody wrote or allocated it. */
  boolean mayBeData(long number) {
    return written.containsKey(number) || allocated.containsKey(number);
  }

  /** The first block from {@code number} on that must be data; negative when there is none. */
  long nextData(long number) {
    Map.@Nullable Entry<Long, byte[]> entry = written.ceiling(number);
    while (entry != null && !mustBeData(entry.getKey())) {
      entry = written.ceiling(entry.getKey() + 1);
    }
    return entry == null ? -1 : entry.getKey();
  }

  private SparseBytes zeroPart(long number, int from, int to) {
    byte[] block = written.get(number);
    if (block == null) {
      return this;
    }
    byte[] copy = block.clone();
    Arrays.fill(copy, from, to, (byte) 0);
    return new SparseBytes(size, written.with(number, copy), allocated);
  }
}
