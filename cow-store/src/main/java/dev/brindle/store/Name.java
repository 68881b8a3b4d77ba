package dev.brindle.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name of a directory entry, an extended attribute, a snapshot or a clone: bytes, as the kernel
 * gave them. No character set is assumed; two names are equal when their bytes are.
 */
public final class Name implements Comparable<Name> {
  /** NAME_MAX of Linux, in bytes. */
  public static final int LENGTH_MAX = 255;

  private final byte[] bytes;

  private Name(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Takes the array as it is; the caller must not change it afterwards. */
  public static Name of(byte[] bytes) {
    return new Name(bytes);
  }

  /** The name's UTF-8 form. */
  public static Name of(String name) {
    return new Name(name.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes themselves, not a copy; not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return bytes.length;
  }

  public boolean isDot() {
    return bytes.length == 1 && bytes[0] == '.';
  }

  public boolean isDotDot() {
    return bytes.length == 2 && bytes[0] == '.' && bytes[1] == '.';
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Name name && Arrays.equals(bytes, name.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** By unsigned bytes, as {@code LC_ALL=C sort} does. */
  @Override
  public int compareTo(Name other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  /** For messages: invalid UTF-8 shows as replacement characters. */
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
