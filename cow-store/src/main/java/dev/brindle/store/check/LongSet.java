package dev.brindle.store.check;

import java.util.function.LongConsumer;

/** A set of numbers other than 0, 11 to 22 bytes each: a check holds the ids of all nodes. */
final class LongSet {
  private long[] slots = new long[64];
  private int size;

  int size() {
    return size;
  }

  boolean contains(long value) {
    return slots[slot(slots, value)] == value;
  }

  /** Returns whether it was not in the set yet. */
  boolean add(long value) {
    if (value == 0) {
      throw new IllegalArgumentException("0 is no id");
    }
    int slot = slot(slots, value);
    if (slots[slot] == value) {
      return false;
    }
    slots[slot] = value;
    if (++size * 4L > slots.length * 3L) {
      grow();
    }
    return true;
  }

  void forEach(LongConsumer visitor) {
    for (long value : slots) {
      if (value != 0) {
        visitor.accept(value);
      }
    }
  }

  private void grow() {
    long[] larger = new long[slots.length * 2];
    forEach(value -> larger[slot(larger, value)] = value);
    slots = larger;
  }

  /** Where the value is, or else where it may be put. */
  private static int slot(long[] slots, long value) {
    long hash = value * 0x9e3779b97f4a7c15L;
    int slot = (int) (hash >>> 32) & (slots.length - 1);
    while (slots[slot] != 0 && slots[slot] != value) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }
}
