package dev.brindle.store.log;

/**
 * Where recovery found the log's end.
 *
 * @param head opened for appending, acquired, its checksums in memory
 * @param block where the next group goes
 * @param incarnation that of the last group
 * @param sequence the next group's
 */
record LogEnd(SegmentFile head, int block, long incarnation, long sequence) {}
