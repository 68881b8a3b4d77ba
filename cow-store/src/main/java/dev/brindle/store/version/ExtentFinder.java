package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import org.jspecify.annotations.Nullable;

/** Knows which items of a tree refer to blocks of the log. */
public interface ExtentFinder {
  /**
   * What an item refers to.
   *
   * @param blocks how many, from the address on, all in one segment
   */
  record Blocks(long address, long blocks, long born) {}

  /** The extent of an item; null for an item of another kind or without an address. */
  @Nullable Blocks find(long high, long offset, byte[] value) throws CorruptStoreException;
}
