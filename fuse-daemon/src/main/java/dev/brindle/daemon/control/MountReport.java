package dev.brindle.daemon.control;

import dev.brindle.store.Timestamp;

/**
 * A mount that answers.
 *
 * @param volume the full name
 * @param device what the kernel tells it from others by, as in {@code MountTable.Line}
 * @param detached it was taken off lazily, and lives on for the files that are open on it
 */
public record MountReport(
    String volume,
    String mountPoint,
    String device,
    MountOptions options,
    Timestamp mounted,
    boolean detached) {}
