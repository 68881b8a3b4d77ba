package dev.brindle.store.index;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A small sorted map of the index, from a number to a row. Keys are ordered as signed longs. A
 * table is safe for any number of threads; its changes are durable with the checkpoint that
 * follows.
 */
public interface Table {
  /** Receives rows in ascending order of their keys. */
  interface RowVisitor {
    /**
     * @param row must not be changed
     */
    void row(long key, byte[] row) throws IOException;
  }

  String name();

  byte @Nullable [] get(long key) throws IOException;

  /**
   * Sets a row.
   *
   * @param row of any length up to {@link Index#RECORD_BYTES_MAX}; must not be changed afterwards
   */
  void put(long key, byte[] row) throws IOException;

  /** Removes a row; nothing happens when there is none. */
  void remove(long key) throws IOException;

  /** Visits all rows. The visitor may change neither this table nor another. */
  void forEach(RowVisitor visitor) throws IOException;
}
