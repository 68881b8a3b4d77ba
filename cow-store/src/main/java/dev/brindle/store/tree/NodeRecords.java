package dev.brindle.store.tree;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;

/** The records that tree nodes are kept in. Safe for any number of threads. */
interface NodeRecords {
  /** A record id that is in use nowhere, larger than 0; memory work only. */
  long allocate();

  /**
   * The record's bytes; the caller's own.
   *
   * @throws CorruptStoreException there is no such record
   */
  byte[] get(long id) throws IOException;

  /** Writes a whole record, new or not. */
  void put(long id, byte[] bytes) throws IOException;

  /**
   * Deletes a record, or gives back an id that was never put; it may be allocated again at once.
   */
  void delete(long id) throws IOException;
}
