package dev.brindle.store.version;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the order of two unsigned numbers: the B+tree that all deadlists share. Its nodes belong
 * to no version and are changed in place.
 */
interface SortedRows {
  record Row(long high, long offset, byte[] value) {}

  byte @Nullable [] get(long high, long offset) throws IOException;

  /** The last row at or before the key. */
  @Nullable Row floor(long high, long offset) throws IOException;

  /** The first row at or after the key. */
  @Nullable Row ceiling(long high, long offset) throws IOException;

  void put(long high, long offset, byte[] value) throws IOException;

  void remove(long high, long offset) throws IOException;

  /** Forgets all rows, without a look at them. */
  void clear();

  /** Where the tree begins, for the next load; 0 while it is empty. */
  long root();
}
