package dev.brindle.daemon.control;

import dev.brindle.store.Timestamp;

/**
 * A snapshot, for people and programs.
 *
 * @param volume the full name of its volume
 */
public record SnapshotReport(long version, String volume, String name, Timestamp created) {}
