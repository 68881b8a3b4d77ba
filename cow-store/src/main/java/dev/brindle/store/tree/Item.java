package dev.brindle.store.tree;

/**
 * A key and its value. Keys are ordered by {@code high}, then {@code offset}, both unsigned. The
 * value is the tree's own array: not to be changed.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; a copy a read would be too dear
public record Item(long high, long offset, byte[] value) {}
