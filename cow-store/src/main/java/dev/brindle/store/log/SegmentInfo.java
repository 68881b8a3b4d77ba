package dev.brindle.store.log;

/**
 * A segment and how much of it is in use.
 *
 * @param fileBlocks data blocks that its file has room for on the host
 * @param liveBlocks those that something refers to
 */
public record SegmentInfo(long number, int fileBlocks, int liveBlocks) {}
