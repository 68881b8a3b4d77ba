package dev.brindle.store.version;

import java.util.Arrays;
import java.util.zip.CRC32C;

/** Encodes the fields of a row one after the other; the format stands in the package's comment. */
final class RowWriter {
  private byte[] bytes = new byte[64];
  private int length;

  /** An unsigned number in groups of seven bits, the lowest first. */
  RowWriter number(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      oneByte((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    return oneByte((int) rest);
  }

  /** A signed number, folded so that small ones of both signs stay short. */
  RowWriter signed(long value) {
    return number(value << 1 ^ value >> 63);
  }

  RowWriter string(byte[] value) {
    number(value.length);
    for (byte b : value) {
      oneByte(b);
    }
    return this;
  }

  byte[] finish() {
    return Arrays.copyOf(bytes, length);
  }

  /**
   * Ends the row with the CRC32C of its key and its fields, high byte first. Low byte first, as
   * format 1 had it, a row and its checksum together would leave the CRC32C of the page around them
   * as it was: an old row in a new page would not be noticed.
   */
  byte[] finishWithChecksum(long key) {
    int checksum = checksum(key, bytes, length);
    for (int shift = Integer.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      oneByte(checksum >>> shift);
    }
    return finish();
  }

  static int checksum(long key, byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      crc.update((int) (key >>> shift));
    }
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private RowWriter oneByte(int value) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, length * 2);
    }
    bytes[length++] = (byte) value;
    return this;
  }
}
