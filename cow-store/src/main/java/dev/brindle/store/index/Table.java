package dev.brindle.store.index;

import dev.brindle.store.CorruptStoreException;
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

  /** Is told what of a table cannot be read. */
  interface DamageVisitor {
    void damaged(CorruptStoreException cause);
  }

  /** Visits the rows that can be read, past damaged nodes with what is under them. */
  void forEachSound(RowVisitor visitor, DamageVisitor damage) throws IOException;

  /**
   * Makes the table an empty one, whatever state it is in. Its nodes below the root stay records
   * that belong to nothing, since damage may have made any record look like one of them.
   */
  void clear() throws IOException;
}
