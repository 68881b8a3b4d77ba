package dev.brindle.daemon.control;

import dev.brindle.store.Timestamp;

/**
 * A mount that answers.
 *
 * @param volume the full name
 * @param detached it was taken off lazily, and lives on for the files that are open on it
 */
public record MountReport(
    String volume, String mountPoint, MountOptions options, Timestamp mounted, boolean detached) {}
