package dev.brindle.store;

/**
 * What {@code statfs} tells, in bytes and inodes.
 *
 * @param totalBytes live bytes of the store plus what the host can still give
 * @param freeBytes what the host has free
 * @param availableBytes what a writer may still use: the reserve for deletions is taken off
 * @param inodes inodes in this tree
 */
public record SpaceStatistics(long totalBytes, long freeBytes, long availableBytes, long inodes) {}
