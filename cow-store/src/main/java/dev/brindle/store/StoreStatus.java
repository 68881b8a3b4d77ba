package dev.brindle.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code brindle status} tells of an open store; sizes in bytes.
 *
 * @param deletions deleted snapshots and volumes whose space is still being freed
 * @param readOnlyReason why the store no longer takes changes; null while it does
 * @param unsavedReason why what was written cannot all be saved at the moment, such as a full disk;
 *     null while it can
 * @param recovery what its opening had to recover; null when it had been closed in order
 * @param losses what cannot be freed because of damage, as far as it was met since the store was
 *     opened: a sentence for each; a repair gives the space back
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
    @Nullable String unsavedReason,
    @Nullable RecoveryReport recovery,
    List<String> losses) {}
