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

  /**
   * Plans that the disk crashes by itself at one of the next operations on it: from then on every
   * call that needs it fails, until {@link #crash} opens what is left.
   *
   * @param operations how many more succeed
   * @return false when this subject cannot
   */
  default boolean planCrash(int operations) {
    return false;
  }

  /** Whether a planned crash has come. */
  default boolean hasCrashed() {
    return false;
  }
}
