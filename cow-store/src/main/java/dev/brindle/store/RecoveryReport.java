package dev.brindle.store;

import org.jspecify.annotations.Nullable;

/**
 * What the opening of a store that was not closed in order did.
 *
 * @param end null when nothing tells how the store was left
 * @param operations changes that the last checkpoint lacked and that were repeated from the log
 * @param logBytes what of the log was read for them, in bytes
 * @param millis how long that took, with the checkpoint after it
 */
public record RecoveryReport(
    @Nullable UncleanEnd end, long operations, long logBytes, long millis) {}
