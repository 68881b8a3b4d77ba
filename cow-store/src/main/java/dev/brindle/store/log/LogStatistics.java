package dev.brindle.store.log;

/**
 * What the log holds.
 *
 * @param segments files in use, the head included
 * @param liveBytes what is referred to
 * @param deadBytes what the files hold beside it: freed blocks, group headers, the head's free end
 */
public record LogStatistics(int segments, long liveBytes, long deadBytes) {}
