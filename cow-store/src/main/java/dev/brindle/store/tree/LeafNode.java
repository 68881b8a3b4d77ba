package dev.brindle.store.tree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A node of level 0: keys and their values. */
final class LeafNode extends TreeNode {
  private static final int ARRAY_BYTES = 16;
  private static final int REFERENCE_BYTES = 4;

  /** Filled up to the count. */
  private byte[] @Nullable [] values;

  private int valueHeapBytes;

  LeafNode(NodeIdentity identity, int capacity) {
    super(identity, capacity);
    values = new byte[capacity][];
  }

  byte[] value(int index) {
    byte[] value = values[index];
    assert value != null;
    return value;
  }

  void insert(int index, long high, long offset, byte[] value) {
    open(index, high, offset);
    values[index] = value;
    valueHeapBytes += heapBytes(value);
    inserted(index);
  }

  /** Returns the value there was. */
  byte[] replace(int index, byte[] value) {
    byte[] previous = value(index);
    values[index] = value;
    valueHeapBytes += heapBytes(value) - heapBytes(previous);
    encodedBytes += payloadBytes(value) - payloadBytes(previous);
    return previous;
  }

  @Override
  LeafNode copyAs(NodeIdentity identity) {
    LeafNode copy = new LeafNode(identity, 0);
    copy.highs = Arrays.copyOf(highs, count);
    copy.offsets = Arrays.copyOf(offsets, count);
    copy.values = Arrays.copyOf(values, count);
    copy.count = count;
    copy.encodedBytes = encodedBytes;
    copy.valueHeapBytes = valueHeapBytes;
    copy.lastInsert = lastInsert;
    copy.insertBefore = insertBefore;
    return copy;
  }

  @Override
  LeafNode emptyAs(NodeIdentity identity, int capacity) {
    return new LeafNode(identity, capacity);
  }

  @Override
  int payloadBytes(int index) {
    return payloadBytes(value(index));
  }

  @Override
  int payloadHeapBytes() {
    return values.length * REFERENCE_BYTES + valueHeapBytes;
  }

  @Override
  void resizePayload(int capacity) {
    values = Arrays.copyOf(values, capacity);
  }

  @Override
  void movePayload(int from, int to, int length) {
    System.arraycopy(values, from, values, to, length);
    if (to < from) {
      Arrays.fill(values, to + length, from + length, null);
    }
  }

  @Override
  void copyPayload(TreeNode source, int from, int to, int length) {
    LeafNode leaf = (LeafNode) source;
    System.arraycopy(leaf.values, from, values, to, length);
    for (int i = to; i < to + length; i++) {
      valueHeapBytes += heapBytes(value(i));
    }
  }

  @Override
  void clearPayload(int from, int to) {
    for (int i = from; i < to; i++) {
      valueHeapBytes -= heapBytes(value(i));
      values[i] = null;
    }
  }

  private static int payloadBytes(byte[] value) {
    return Varint.size(value.length) + value.length;
  }

  private static int heapBytes(byte[] value) {
    return ARRAY_BYTES + (value.length + 7 & ~7);
  }
}
