package dev.brindle.store.log;

import java.nio.ByteBuffer;

/**
 * The data of the append that is going on: readable from the moment its addresses can be known
 * until it is in the file.
 */
final class InFlight {
  private final long address;
  private final int blocks;

  /** Duplicates, so that the owner's positions do not matter. */
  private final ByteBuffer[] data;

  InFlight(long address, ByteBuffer[] data) {
    this.address = address;
    this.data = new ByteBuffer[data.length];
    int total = 0;
    for (int i = 0; i < data.length; i++) {
      int bytes = data[i].remaining();
      if (bytes % LogFormat.BLOCK_BYTES != 0) {
        throw new IllegalArgumentException("data of " + bytes + " bytes is not in whole blocks");
      }
      this.data[i] = data[i].slice();
      total += bytes / LogFormat.BLOCK_BYTES;
    }
    this.blocks = total;
  }

  int blocks() {
    return blocks;
  }

  boolean contains(long block) {
    return block >= address && block < address + blocks;
  }

  /** Positioned at the start of each; for one user, the append itself. */
  ByteBuffer[] data() {
    return data;
  }

  /** Copies bytes that begin in the given block, which is one of these. */
  void copy(long first, int skipBytes, int lengthBytes, ByteBuffer target) {
    long skip = (first - address) * LogFormat.BLOCK_BYTES + skipBytes;
    int left = lengthBytes;
    for (ByteBuffer buffer : data) {
      int size = buffer.limit();
      if (skip >= size) {
        skip -= size;
        continue;
      }
      int bytes = Math.min(left, size - (int) skip);
      target.put(buffer.slice((int) skip, bytes));
      left -= bytes;
      skip = 0;
      if (left == 0) {
        return;
      }
    }
    throw new IllegalStateException("a read behind the end of the append at " + address);
  }

  /** The same with bytes of its own. */
  InFlight copy() {
    ByteBuffer[] copies = new ByteBuffer[data.length];
    for (int i = 0; i < data.length; i++) {
      copies[i] = ByteBuffer.allocate(data[i].limit()).put(data[i].duplicate().clear()).flip();
    }
    return new InFlight(address, copies);
  }

  /** Puts a copy of each block into the cache. */
  void cache(BlockCache cache) {
    long next = address;
    for (ByteBuffer buffer : data) {
      for (int at = 0; at < buffer.limit(); at += LogFormat.BLOCK_BYTES) {
        byte[] block = new byte[LogFormat.BLOCK_BYTES];
        buffer.get(at, block);
        cache.put(next++, block);
      }
    }
  }
}
