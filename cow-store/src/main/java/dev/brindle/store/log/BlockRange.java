package dev.brindle.store.log;

/** Blocks that stand one behind the other in a segment. */
public record BlockRange(long address, int blocks) {}
