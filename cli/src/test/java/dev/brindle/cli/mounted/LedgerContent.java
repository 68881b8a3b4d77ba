package dev.brindle.cli.mounted;

import java.nio.ByteBuffer;

/** Bytes that a seed determines: each says whether it is the one that belongs there. */
final class LedgerContent {
  private LedgerContent() {}

  /** The byte at an offset. */
  static byte at(long seed, long offset) {
    return (byte) (mix(seed + (offset >>> 3) * 0x9E3779B97F4A7C15L) >>> ((offset & 7) * 8));
  }

  static ByteBuffer bytes(long seed, long from, long to) {
    ByteBuffer bytes = ByteBuffer.allocate((int) (to - from));
    for (long offset = from; offset < to; offset++) {
      bytes.put(at(seed, offset));
    }
    return bytes.flip();
  }

  /** The first offset from which the bytes are not those of the seed; -1 when all are. */
  static long mismatch(long seed, long from, ByteBuffer bytes) {
    for (int i = bytes.position(); i < bytes.limit(); i++) {
      if (bytes.get(i) != at(seed, from + i - bytes.position())) {
        return from + i - bytes.position();
      }
    }
    return -1;
  }

  static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
