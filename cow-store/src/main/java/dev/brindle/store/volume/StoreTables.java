package dev.brindle.store.volume;

/** The names of the index's tables that belong to this package. */
final class StoreTables {
  /** Segment number to live map; {@code store.log} says the rows. */
  static final String SEGMENTS = "segments";

  /** One row: {@link CheckpointRow}. */
  static final String CHECKPOINT = "checkpoint";

  private StoreTables() {}
}
