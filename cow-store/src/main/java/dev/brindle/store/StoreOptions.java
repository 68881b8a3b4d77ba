package dev.brindle.store;

/**
 * Bounds and intervals of an open store.
 *
 * @param nodeCacheBytesMax decoded tree nodes kept, in bytes of heap
 * @param blockCacheBytesMax file blocks kept, in bytes of heap
 * @param dirtyBytesMax file data that was written and is not yet in the log; writers wait past it
 * @param checkpointIntervalMillis the longest time between two checkpoints while there are changes
 * @param segmentBlocks blocks of 4 KiB in a segment of a store that is created, 256 to 16,384
 */
public record StoreOptions(
    long nodeCacheBytesMax,
    long blockCacheBytesMax,
    long dirtyBytesMax,
    long checkpointIntervalMillis,
    int segmentBlocks) {
  public static StoreOptions defaults() {
    return new StoreOptions(96L << 20, 64L << 20, 64L << 20, 5_000, 16_384);
  }

  public StoreOptions withCheckpointIntervalMillis(long millis) {
    return new StoreOptions(
        nodeCacheBytesMax, blockCacheBytesMax, dirtyBytesMax, millis, segmentBlocks);
  }

  public StoreOptions withSegmentBlocks(int blocks) {
    return new StoreOptions(
        nodeCacheBytesMax, blockCacheBytesMax, dirtyBytesMax, checkpointIntervalMillis, blocks);
  }
}
