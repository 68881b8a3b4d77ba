package dev.brindle.store.index;

/** The layout of units, and how records are cut into them; drawn in the package's description. */
final class UnitFormat {
  static final int UNIT_BYTES = Index.UNIT_BYTES;
  static final int HEADER_BYTES = Integer.BYTES;
  static final int PAYLOAD_BYTES = UNIT_BYTES - HEADER_BYTES;

  static final int KIND_HEAD = 1;
  static final int KIND_PART = 2;
  static final int KIND_MAP = 3;

  /** A unit that was made and not put yet. */
  static final int KIND_NONE = 0;

  private static final int LENGTH_BITS = 24;
  private static final int LENGTH_MASK = (1 << LENGTH_BITS) - 1;

  private UnitFormat() {}

  /** The units that a record of this many bytes takes. */
  static int units(int recordBytes) {
    if (recordBytes <= PAYLOAD_BYTES) {
      return 1;
    }
    // Each unit behind the head costs 8 bytes of the head.
    int perUnit = PAYLOAD_BYTES - Long.BYTES;
    return (recordBytes - Long.BYTES + perUnit - 1) / perUnit;
  }

  static void putHeader(byte[] unit, int kind, int length) {
    PageFormat.putInt(unit, 0, kind << LENGTH_BITS | length);
  }

  static int kind(byte[] unit) {
    return PageFormat.getInt(unit, 0) >>> LENGTH_BITS;
  }

  /** Of the whole record in a head; of the unit's own bytes in a part. */
  static int length(byte[] unit) {
    return PageFormat.getInt(unit, 0) & LENGTH_MASK;
  }
}
