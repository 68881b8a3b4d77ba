package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the order of two unsigned numbers: the B+tree of all deadlists and shares. Its nodes
 * belong to no version and are changed in place.
 */
interface SortedRows {
  record Row(long high, long offset, byte[] value) {}

  byte @Nullable [] get(long high, long offset) throws IOException;

  /** The last row at or before the key. */
  @Nullable Row floor(long high, long offset) throws IOException;

  /** The first row at or after the key. */
  @Nullable Row ceiling(long high, long offset) throws IOException;

  /**
   * Returns the value there was; null when there was none. Nothing has changed when it fails.
   *
   * @throws CorruptStoreException what it has to read is damaged
   */
  byte @Nullable [] put(long high, long offset, byte[] value) throws IOException;

  /** As {@link #put}. */
  byte @Nullable [] remove(long high, long offset) throws IOException;

  /** Forgets all rows, without a look at them. */
  void clear();

  /** Where the tree begins, for the next load; 0 while it is empty. */
  long root();
}
