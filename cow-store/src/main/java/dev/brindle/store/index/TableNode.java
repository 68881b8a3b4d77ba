package dev.brindle.store.index;

import dev.brindle.store.CorruptStoreException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A node of a table's B+tree; immutable.
 *
 * <pre>
 *   leaf       | level 1 = 0 | count 4 | count times: key 8, length 4, row |
 *   interior   | level 1     | count 4 | count times: key 8, child 8       |
 * </pre>
 *
 * An interior node's key is no larger than any key below that child, and larger than any below the
 * child before it.
 *
 * @param level 0 for a leaf
 * @param rows of a leaf, one for each key; otherwise empty
 * @param children of an interior node, one for each key; otherwise empty
 */
record TableNode(int level, long[] keys, byte[][] rows, long[] children) {
  private static final int HEADER_BYTES = 1 + Integer.BYTES;
  private static final int LEAF_ENTRY_BYTES = Long.BYTES + Integer.BYTES;
  private static final int CHILD_ENTRY_BYTES = 2 * Long.BYTES;
  private static final byte[][] NO_ROWS = {};
  private static final long[] NO_CHILDREN = {};

  static TableNode leaf(long[] keys, byte[][] rows) {
    return new TableNode(0, keys, rows, NO_CHILDREN);
  }

  static TableNode interior(int level, long[] keys, long[] children) {
    return new TableNode(level, keys, NO_ROWS, children);
  }

  static TableNode emptyLeaf() {
    return leaf(new long[0], NO_ROWS);
  }

  boolean isLeaf() {
    return level == 0;
  }

  int count() {
    return keys.length;
  }

  /** Where the key is, or else {@code -(where it belongs) - 1}. */
  int find(long key) {
    return Arrays.binarySearch(keys, key);
  }

  /** The child below which a key belongs. */
  int childIndex(long key) {
    int found = find(key);
    return found >= 0 ? found : Math.max(0, -found - 2);
  }

  TableNode withRow(long key, byte[] row) {
    int found = find(key);
    if (found >= 0) {
      byte[][] changed = rows.clone();
      changed[found] = row;
      return leaf(keys, changed);
    }
    int at = -found - 1;
    byte[][] changed = Arrays.copyOf(rows, rows.length + 1);
    System.arraycopy(rows, at, changed, at + 1, rows.length - at);
    changed[at] = row;
    return leaf(inserted(keys, at, key), changed);
  }

  TableNode withChild(int at, long key, long child) {
    return interior(level, inserted(keys, at, key), inserted(children, at, child));
  }

  /** The same, where the key belongs below the first child, with a first key that is no larger. */
  TableNode reachingDownTo(long key) {
    if (isLeaf() || keys[0] <= key) {
      return this;
    }
    long[] changed = keys.clone();
    changed[0] = key;
    return interior(level, changed, children);
  }

  /** Without the entry at this place. */
  TableNode without(int at) {
    return joined(slice(0, at), slice(at + 1, count()));
  }

  TableNode slice(int from, int to) {
    long[] someKeys = Arrays.copyOfRange(keys, from, to);
    return isLeaf()
        ? leaf(someKeys, Arrays.copyOfRange(rows, from, to))
        : interior(level, someKeys, Arrays.copyOfRange(children, from, to));
  }

  /** Two nodes of one level as one. */
  static TableNode joined(TableNode left, TableNode right) {
    long[] keys = concatenated(left.keys, right.keys);
    if (!left.isLeaf()) {
      return interior(left.level, keys, concatenated(left.children, right.children));
    }
    byte[][] rows = Arrays.copyOf(left.rows, left.rows.length + right.rows.length);
    System.arraycopy(right.rows, 0, rows, left.rows.length, right.rows.length);
    return leaf(keys, rows);
  }

  int bytes() {
    return HEADER_BYTES + entryBytes(0, count());
  }

  private int entryBytes(int from, int to) {
    if (!isLeaf()) {
      return (to - from) * CHILD_ENTRY_BYTES;
    }
    int bytes = (to - from) * LEAF_ENTRY_BYTES;
    for (int i = from; i < to; i++) {
      bytes += rows[i].length;
    }
    return bytes;
  }

  /** Before which entry to cut a node in two: where each part has about half of the bytes. */
  int middle() {
    int half = entryBytes(0, count()) / 2;
    int at = 1;
    while (at < count() - 1 && entryBytes(0, at + 1) <= half) {
      at++;
    }
    return at;
  }

  byte[] encode() {
    ByteBuffer out = ByteBuffer.allocate(bytes());
    out.put((byte) level).putInt(count());
    for (int i = 0; i < count(); i++) {
      out.putLong(keys[i]);
      if (isLeaf()) {
        out.putInt(rows[i].length).put(rows[i]);
      } else {
        out.putLong(children[i]);
      }
    }
    return out.array();
  }

  static TableNode decode(long id, byte[] bytes) throws CorruptStoreException {
    try {
      ByteBuffer in = ByteBuffer.wrap(bytes);
      int level = in.get();
      int count = in.getInt();
      int smallest = level == 0 ? LEAF_ENTRY_BYTES : CHILD_ENTRY_BYTES;
      if (level < 0 || count < 0 || count > in.remaining() / smallest) {
        throw damaged(id);
      }
      long[] keys = new long[count];
      byte[][] rows = level == 0 ? new byte[count][] : NO_ROWS;
      long[] children = level == 0 ? NO_CHILDREN : new long[count];
      for (int i = 0; i < count; i++) {
        keys[i] = in.getLong();
        if (level == 0) {
          rows[i] = row(id, in);
        } else {
          children[i] = in.getLong();
        }
        if (i > 0 && keys[i] <= keys[i - 1]) {
          throw damaged(id);
        }
      }
      if (in.hasRemaining()) {
        throw damaged(id);
      }
      return new TableNode(level, keys, rows, children);
    } catch (BufferUnderflowException e) {
      throw damaged(id);
    }
  }

  private static byte[] row(long id, ByteBuffer in) throws CorruptStoreException {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw damaged(id);
    }
    byte[] row = new byte[length];
    in.get(row);
    return row;
  }

  private static CorruptStoreException damaged(long id) {
    return new CorruptStoreException(
        PageFormat.INDEX_FILE, -1, "record " + id + " is not a node of a table");
  }

  private static long[] inserted(long[] array, int at, long value) {
    long[] changed = Arrays.copyOf(array, array.length + 1);
    System.arraycopy(array, at, changed, at + 1, array.length - at);
    changed[at] = value;
    return changed;
  }

  private static long[] concatenated(long[] left, long[] right) {
    long[] both = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, both, left.length, right.length);
    return both;
  }
}
