package dev.brindle.store.tree;

import java.nio.ByteBuffer;

/**
 * Unsigned numbers in one to nine bytes. The ones at the top of the first byte count the bytes that
 * follow, and the bits after them are the number's highest.
 *
 * <pre>
 *   0xxxxxxx                     7 bits
 *   10xxxxxx x*8                14 bits
 *   110xxxxx x*16               21 bits
 *   ...
 *   11111110 x*56               56 bits
 *   11111111 x*64               64 bits
 * </pre>
 *
 * The shortest form is the only valid one, so that a number's size follows from the number.
 */
final class Varint {
  private static final int BYTES_MAX = 9;

  private Varint() {}

  static int size(long value) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(value | 1);
    return bits > 7 * 8 ? BYTES_MAX : (bits + 6) / 7;
  }

  static void put(ByteBuffer target, long value) {
    int size = size(value);
    if (size == 1) {
      target.put((byte) value);
      return;
    }
    if (size == BYTES_MAX) {
      target.put((byte) 0xff).putLong(value);
      return;
    }
    int prefix = 0xff00 >>> (size - 1);
    target.put((byte) (prefix | (value >>> (8 * (size - 1)))));
    for (int shift = 8 * (size - 2); shift >= 0; shift -= 8) {
      target.put((byte) (value >>> shift));
    }
  }

  /**
   * Reads one number.
   *
   * @throws MalformedNodeException it ends beyond the source, or is longer than it need be
   */
  static long get(ByteBuffer source) throws MalformedNodeException {
    if (!source.hasRemaining()) {
      throw new MalformedNodeException("a number is cut off");
    }
    int first = source.get();
    if (first >= 0) {
      return first;
    }
    int more = Integer.numberOfLeadingZeros(~(first << 24));
    if (source.remaining() < more) {
      throw new MalformedNodeException("a number is cut off");
    }
    long value;
    if (more == Long.BYTES) {
      value = source.getLong();
    } else {
      value = first & (0x7f >>> more);
      for (int i = 0; i < more; i++) {
        value = value << 8 | (source.get() & 0xff);
      }
    }
    if (size(value) != more + 1) {
      throw new MalformedNodeException("a number is longer than it need be");
    }
    return value;
  }
}
