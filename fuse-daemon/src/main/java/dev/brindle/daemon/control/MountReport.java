package dev.brindle.daemon.control;

import dev.brindle.store.Timestamp;

/**
 * A mount that answers.
 *
 * @param volume the full name
 */
public record MountReport(
    String volume, String mountPoint, MountOptions options, Timestamp mounted) {}
