package dev.brindle.store;

import org.jspecify.annotations.Nullable;

/**
 * A row of {@code brindle df}, in bytes; exact, from the deadlists' sums. A copy by reference
 * counts as what it was copied from does: its blocks are freed with the last that refers to them.
 *
 * @param snapshot null for the volume's head
 * @param refer what the version refers to
 * @param used what deleting it alone would free
 * @param written what was written since the version before it
 */
public record SpaceUsage(
    VolumeInfo volume, @Nullable SnapshotInfo snapshot, long refer, long used, long written) {}
