package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import java.util.Arrays;

/** Decodes what {@link RowWriter} wrote, and refuses anything else. */
final class RowReader {
  private static final String FILE = "index.db";
  private final String what;
  private final byte[] bytes;
  private final int end;
  private int position;

  private RowReader(String what, byte[] bytes, int end) {
    this.what = what;
    this.bytes = bytes;
    this.end = end;
  }

  /**
   * @param what the row's name, for messages
   */
  static RowReader of(String what, byte[] bytes) {
    return new RowReader(what, bytes, bytes.length);
  }

  /** Verifies the checksum first, in the byte order of this format or of format 1. */
  static RowReader withChecksum(String what, long key, byte[] bytes) throws CorruptStoreException {
    int end = bytes.length - Integer.BYTES;
    if (end < 0) {
      throw new CorruptStoreException(FILE, -1, what + " has only " + bytes.length + " bytes");
    }
    int stored = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      stored = stored << Byte.SIZE | bytes[end + i] & 0xff;
    }
    int computed = RowWriter.checksum(key, bytes, end);
    if (stored != computed && Integer.reverseBytes(stored) != computed) {
      throw new CorruptStoreException(
          FILE, -1, what + " has checksum %08x instead of %08x".formatted(computed, stored));
    }
    return new RowReader(what, bytes, end);
  }

  long number() throws CorruptStoreException {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      if (position == end) {
        throw broken("ends in the middle of a number");
      }
      byte next = bytes[position++];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw broken("has a number of more than 64 bits");
  }

  long signed() throws CorruptStoreException {
    long folded = number();
    return folded >>> 1 ^ -(folded & 1);
  }

  byte[] string() throws CorruptStoreException {
    long length = number();
    if (length < 0 || length > end - position) {
      throw broken("has a name of " + Long.toUnsignedString(length) + " bytes");
    }
    position += (int) length;
    return Arrays.copyOfRange(bytes, position - (int) length, position);
  }

  boolean hasMore() {
    return position < end;
  }

  void finish() throws CorruptStoreException {
    if (position != end) {
      throw broken("has " + (end - position) + " bytes too many");
    }
  }

  CorruptStoreException broken(String how) {
    return new CorruptStoreException(FILE, -1, what + " " + how);
  }
}
