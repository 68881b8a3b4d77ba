package dev.brindle.store.log;

import dev.brindle.store.CorruptStoreException;
import org.jspecify.annotations.Nullable;

/**
 * Where recovery found the log's end.
 *
 * @param head opened for appending, acquired, its checksums in memory
 * @param block where the next group goes
 * @param incarnation that of the last group
 * @param sequence the next group's
 * @param loss what was durable behind it once; null when nothing was
 */
record LogEnd(
    SegmentFile head,
    int block,
    long incarnation,
    long sequence,
    @Nullable CorruptStoreException loss) {}
