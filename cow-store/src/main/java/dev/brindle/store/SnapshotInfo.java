package dev.brindle.store;

/**
 * What the catalogue says of a snapshot.
 *
 * @param version the version it names; store-wide and never used twice
 * @param volume the id of the volume whose past it is
 */
public record SnapshotInfo(long version, long volume, Name name, Timestamp created) {}
