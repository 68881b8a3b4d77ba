package dev.brindle.store.tree;

import dev.brindle.store.index.Index;
import java.util.Arrays;

/**
 * A node of a tree, decoded: keys in two parallel arrays, and what they lead to in the subclass.
 *
 * <p>An object is changed only by the tree of the version {@link #writer} in the {@link #epoch} in
 * which it was made; in all other times, and for everybody else, it is immutable. The package's
 * description says why that is enough.
 */
abstract sealed class TreeNode permits LeafNode, InteriorNode {
  /** The epoch of nodes that were read from their record: never the current one. */
  static final long NO_EPOCH = 0;

  /** The object's own fields and its arrays' headers, with what rounding adds. */
  private static final int OBJECT_BYTES = 192;

  final long id;
  final int level;
  final long writer;
  final long epoch;

  long born;
  int count;
  long[] highs;
  long[] offsets;

  /** The exact size of the node's encoded form. */
  int encodedBytes = NodeFormat.FRAME_BYTES;

  /** What the node store has counted for this object, in bytes of heap. */
  int countedBytes;

  /** Where the last two entries were inserted; -1 none. Tells a run of inserts from random ones. */
  int lastInsert = -1;

  int insertBefore = -1;

  TreeNode(NodeIdentity identity, int capacity) {
    id = identity.id();
    born = identity.born();
    level = identity.level();
    writer = identity.writer();
    epoch = identity.epoch();
    highs = new long[capacity];
    offsets = new long[capacity];
  }

  /** A copy of the same entries under another identity. */
  abstract TreeNode copyAs(NodeIdentity identity);

  /** A node without entries of the same kind. */
  abstract TreeNode emptyAs(NodeIdentity identity, int capacity);

  /** The bytes of the entry's payload: what stands behind its key. */
  abstract int payloadBytes(int index);

  /** Heap that the entries take beside the key arrays. */
  abstract int payloadHeapBytes();

  /** Makes room for so many entries; keeps those there are. */
  abstract void resizePayload(int capacity);

  /** Moves payloads within the node, after {@link #resizePayload} where room is needed. */
  abstract void movePayload(int from, int to, int length);

  /** Copies payloads of another node of the same kind; the places hold nothing yet. */
  abstract void copyPayload(TreeNode source, int from, int to, int length);

  /** Lets go of the payloads from here on, before the count is lowered. */
  abstract void clearPayload(int from, int to);

  final boolean isLeaf() {
    return level == 0;
  }

  final int recordBytes() {
    return Index.storedBytes(encodedBytes);
  }

  final int heapBytes() {
    return OBJECT_BYTES + highs.length * 2 * Long.BYTES + payloadHeapBytes();
  }

  /** The index of a key, or {@code -1 - index} of where it would be inserted. */
  final int search(long high, long offset) {
    long[] highs = this.highs;
    long[] offsets = this.offsets;
    int low = 0;
    int above = count - 1;
    while (low <= above) {
      int middle = (low + above) >>> 1;
      int order = Keys.compare(highs[middle], offsets[middle], high, offset);
      if (order < 0) {
        low = middle + 1;
      } else if (order > 0) {
        above = middle - 1;
      } else {
        return middle;
      }
    }
    return -1 - low;
  }

  /** The index of the last key that is not larger; -1 when all are. */
  final int floorIndex(long high, long offset) {
    int index = search(high, offset);
    return index >= 0 ? index : -2 - index;
  }

  /** The index of the first key that is not smaller; the count when all are. */
  final int ceilingIndex(long high, long offset) {
    int index = search(high, offset);
    return index >= 0 ? index : -1 - index;
  }

  /** The bytes of the entry at its place, or at another's place when the one before is given. */
  final int entryBytes(int index, int before) {
    long highBefore = before < 0 ? 0 : highs[before];
    long offsetBefore = before < 0 ? 0 : offsets[before];
    return NodeFormat.keyBytes(highBefore, offsetBefore, highs[index], offsets[index])
        + payloadBytes(index);
  }

  /** Opens a place for an entry; the subclass fills it and then calls {@link #inserted}. */
  final void open(int index, long high, long offset) {
    if (count == highs.length) {
      resize(count + count / 4 + 8);
    }
    int behind = count - index;
    if (behind > 0) {
      encodedBytes -= entryBytes(index, index - 1);
      System.arraycopy(highs, index, highs, index + 1, behind);
      System.arraycopy(offsets, index, offsets, index + 1, behind);
      movePayload(index, index + 1, behind);
    }
    highs[index] = high;
    offsets[index] = offset;
    count++;
    insertBefore = lastInsert;
    lastInsert = index;
  }

  final void inserted(int index) {
    encodedBytes += entryBytes(index, index - 1);
    if (index + 1 < count) {
      encodedBytes += entryBytes(index + 1, index);
    }
  }

  final void removeEntry(int index) {
    encodedBytes -= entryBytes(index, index - 1);
    if (index + 1 < count) {
      encodedBytes += entryBytes(index + 1, index - 1) - entryBytes(index + 1, index);
    }
    int behind = count - index - 1;
    clearPayload(index, index + 1);
    System.arraycopy(highs, index + 1, highs, index, behind);
    System.arraycopy(offsets, index + 1, offsets, index, behind);
    movePayload(index + 1, index, behind);
    count--;
    forgetInserts();
  }

  /** Moves the entries from an index on to the end of another node. */
  final void moveTail(int from, TreeNode target) {
    target.copyEntries(this, from, count - from, target.count);
    clearPayload(from, count);
    count = from;
    forgetInserts();
    measure();
    target.measure();
  }

  /** Puts another node's entries, all larger than those here, behind them. */
  void append(TreeNode source, long separatorHigh, long separatorOffset) {
    copyEntries(source, 0, source.count, count);
    measure();
  }

  /** Puts another node's entries, all smaller than those here, before them. */
  void prepend(TreeNode source, long separatorHigh, long separatorOffset) {
    copyEntries(source, 0, source.count, 0);
    measure();
  }

  private void copyEntries(TreeNode source, int from, int length, int to) {
    if (count + length > highs.length) {
      resize(count + length + 8);
    }
    int behind = count - to;
    System.arraycopy(highs, to, highs, to + length, behind);
    System.arraycopy(offsets, to, offsets, to + length, behind);
    if (behind > 0) {
      movePayload(to, to + length, behind);
    }
    System.arraycopy(source.highs, from, highs, to, length);
    System.arraycopy(source.offsets, from, offsets, to, length);
    copyPayload(source, from, to, length);
    count += length;
    forgetInserts();
  }

  private void forgetInserts() {
    lastInsert = -1;
    insertBefore = -1;
  }

  private void resize(int capacity) {
    highs = Arrays.copyOf(highs, capacity);
    offsets = Arrays.copyOf(offsets, capacity);
    resizePayload(capacity);
  }

  /** Computes the encoded size anew. */
  final void measure() {
    int bytes = NodeFormat.FRAME_BYTES;
    for (int i = 0; i < count; i++) {
      bytes += entryBytes(i, i - 1);
    }
    encodedBytes = bytes;
  }
}
