package dev.brindle.store.tree;

import java.util.Arrays;

/**
 * A node above the leaves: for each child the smallest key it may hold, its id and when it was
 * born. The first child's key is always (0,0): it holds whatever is smaller than the second's.
 */
final class InteriorNode extends TreeNode {
  long[] childIds;
  long[] childBorns;

  InteriorNode(NodeIdentity identity, int capacity) {
    super(identity, capacity);
    childIds = new long[capacity];
    childBorns = new long[capacity];
  }

  /** The child that holds a key, if any does. */
  int childIndex(long high, long offset) {
    return floorIndex(high, offset);
  }

  void insert(int index, long high, long offset, long childId, long childBorn) {
    open(index, high, offset);
    childIds[index] = childId;
    childBorns[index] = childBorn;
    inserted(index);
  }

  /** Leads to another node; the encoded size stays as it is. */
  void setChild(int index, long childId, long childBorn) {
    childIds[index] = childId;
    childBorns[index] = childBorn;
  }

  void remove(int index) {
    removeEntry(index);
    if (index == 0 && count > 0) {
      setKey(0, 0, 0);
    }
  }

  /** Changes a key without changing the order. */
  void setKey(int index, long high, long offset) {
    highs[index] = high;
    offsets[index] = offset;
    measure();
  }

  @Override
  void append(TreeNode source, long separatorHigh, long separatorOffset) {
    int first = count;
    super.append(source, separatorHigh, separatorOffset);
    setKey(first, separatorHigh, separatorOffset);
  }

  @Override
  void prepend(TreeNode source, long separatorHigh, long separatorOffset) {
    super.prepend(source, separatorHigh, separatorOffset);
    setKey(source.count, separatorHigh, separatorOffset);
  }

  @Override
  InteriorNode copyAs(NodeIdentity identity) {
    InteriorNode copy = new InteriorNode(identity, 0);
    copy.highs = Arrays.copyOf(highs, count);
    copy.offsets = Arrays.copyOf(offsets, count);
    copy.childIds = Arrays.copyOf(childIds, count);
    copy.childBorns = Arrays.copyOf(childBorns, count);
    copy.count = count;
    copy.encodedBytes = encodedBytes;
    copy.lastInsert = lastInsert;
    copy.insertBefore = insertBefore;
    return copy;
  }

  @Override
  InteriorNode emptyAs(NodeIdentity identity, int capacity) {
    return new InteriorNode(identity, capacity);
  }

  @Override
  int payloadBytes(int index) {
    return 2 * Long.BYTES;
  }

  @Override
  int payloadHeapBytes() {
    return childIds.length * 2 * Long.BYTES;
  }

  @Override
  void resizePayload(int capacity) {
    childIds = Arrays.copyOf(childIds, capacity);
    childBorns = Arrays.copyOf(childBorns, capacity);
  }

  @Override
  void movePayload(int from, int to, int length) {
    System.arraycopy(childIds, from, childIds, to, length);
    System.arraycopy(childBorns, from, childBorns, to, length);
  }

  @Override
  void copyPayload(TreeNode source, int from, int to, int length) {
    InteriorNode interior = (InteriorNode) source;
    System.arraycopy(interior.childIds, from, childIds, to, length);
    System.arraycopy(interior.childBorns, from, childBorns, to, length);
  }

  @Override
  void clearPayload(int from, int to) {
    // numbers keep nothing alive
  }
}
