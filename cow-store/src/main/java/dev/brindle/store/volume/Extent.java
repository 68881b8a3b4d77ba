package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import java.nio.ByteBuffer;

/**
 * A run of a file's blocks that stand together in the log.
 *
 * <pre>
 *   address 8 | blocks 4 | flags 1 | born 8
 * </pre>
 *
 * @param address of the first block; 0 for an unwritten extent
 * @param blocks of 4 KiB; positive, at most {@link #BLOCKS_MAX} when it has an address
 * @param unwritten reserved by {@code fallocate}, reads as zeros
 * @param born the version in which the blocks were written
 */
public record Extent(long address, int blocks, boolean unwritten, long born) {
  public static final int BLOCK_BYTES = 4096;
  static final int BLOCK_SHIFT = 12;

  /** The longest extent with data: what one append to the log takes. */
  public static final int BLOCKS_MAX = 1024;

  private static final int ENCODED_LENGTH = 8 + 4 + 1 + 8;
  private static final byte UNWRITTEN = 1;

  public static Extent decode(byte[] value) throws CorruptStoreException {
    ByteBuffer in = ByteBuffer.wrap(value);
    if (value.length != ENCODED_LENGTH) {
      throw new CorruptStoreException("index.db", -1, "extent item of " + value.length + " bytes");
    }
    Extent extent = new Extent(in.getLong(), in.getInt(), in.get() == UNWRITTEN, in.getLong());
    if (extent.blocks <= 0 || extent.unwritten != (extent.address == 0)) {
      throw new CorruptStoreException("index.db", -1, "extent item makes no sense: " + extent);
    }
    return extent;
  }

  public byte[] encode() {
    return ByteBuffer.allocate(ENCODED_LENGTH)
        .putLong(address)
        .putInt(blocks)
        .put(unwritten ? UNWRITTEN : 0)
        .putLong(born)
        .array();
  }

  /**
   * Where a block begins that a file's end may be before or at, in bytes: none is behind 2^63 - 1.
   */
  static long endOf(long block) {
    return block > Long.MAX_VALUE >>> BLOCK_SHIFT ? Long.MAX_VALUE : block << BLOCK_SHIFT;
  }

  /** A part of this extent, in blocks from its beginning. */
  public Extent slice(long from, long to) {
    return new Extent(unwritten ? 0 : address + from, Math.toIntExact(to - from), unwritten, born);
  }
}
