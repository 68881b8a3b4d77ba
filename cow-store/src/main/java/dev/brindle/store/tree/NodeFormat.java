package dev.brindle.store.tree;

import dev.brindle.store.index.Index;

/** The sizes and constants of an encoded node; the layout stands in the package's description. */
final class NodeFormat {
  /** {@code BTN} and the format's version. */
  static final int MAGIC = 0x42544e01;

  /** magic, level, count, id, born. */
  static final int HEADER_BYTES = 4 + 1 + 2 + 8 + 8;

  static final int CHECKSUM_BYTES = 4;

  /** What a node takes beside its entries. */
  static final int FRAME_BYTES = HEADER_BYTES + CHECKSUM_BYTES;

  /** An encoded node is longer only as a leaf with one item. */
  static final int NODE_BYTES_MAX = Index.UNIT_PAYLOAD_BYTES;

  /** The longest value; more than any item of a volume needs. */
  static final int VALUE_BYTES_MAX = 128 * 1024;

  /** No real tree comes near this height; a node that claims more is damaged. */
  static final int LEVEL_MAX = 31;

  private NodeFormat() {}

  /** The bytes of a key that stands behind another; the first one of a node stands behind (0,0). */
  static int keyBytes(long highBefore, long offsetBefore, long high, long offset) {
    return high == highBefore
        ? 1 + Varint.size(offset - offsetBefore)
        : Varint.size(high - highBefore) + Varint.size(offset);
  }
}
