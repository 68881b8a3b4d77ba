package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;

/** Knows which items of a tree refer to blocks of the log. */
public interface ExtentFinder {
  /** Receives what an item refers to. */
  interface Sink {
    void extent(long address, long blocks, long born);
  }

  /** Shows the extent of an item; nothing for an item of another kind or without an address. */
  void find(long high, long offset, byte[] value, Sink sink) throws CorruptStoreException;
}
