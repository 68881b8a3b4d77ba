package dev.brindle.store.model;

import java.io.Closeable;
import java.io.IOException;

/** A store under test and its life: opened, closed, crashed. */
interface Subject extends Closeable {
  /** The open store; another object after each {@link #reopen} and {@link #crash}. */
  VersionedStore store();

  /** Closes the store and opens it again. */
  void reopen() throws IOException;

  /** Ends the store without a close, loses what a crash may lose, and opens what is left. */
  void crash(long seed) throws IOException;
}
