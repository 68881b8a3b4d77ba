package dev.brindle.store;

import org.jspecify.annotations.Nullable;

/**
 * What {@code brindle status} tells of an open store; sizes in bytes.
 *
 * @param deletions deleted snapshots and volumes whose space is still being freed
 * @param readOnlyReason why the store no longer takes changes; null while it does
 * @param recovery what its opening had to recover; null when it had been closed in order
 */
public record StoreStatus(
    String storeId,
    int formatVersion,
    long segments,
    long liveBytes,
    long deadBytes,
    long indexBytes,
    long dirtyBytes,
    long checkpoints,
    long deletions,
    @Nullable String readOnlyReason,
    @Nullable RecoveryReport recovery) {}
