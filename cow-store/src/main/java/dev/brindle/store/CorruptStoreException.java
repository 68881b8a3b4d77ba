package dev.brindle.store;

import java.io.IOException;

/** Bytes in one of the store's files are not what was written there. */
public class CorruptStoreException extends IOException {
  private static final long serialVersionUID = 1;

  /**
   * @param file the store's file, relative to the store's directory
   * @param offset where in the file, in bytes; negative when it is not known
   * @param what what was found, and what was expected instead
   */
  public CorruptStoreException(String file, long offset, String what) {
    super("damaged store file " + file + (offset < 0 ? "" : " at byte " + offset) + ": " + what);
  }

  /** Adds to what is said of some damage what can be done about it. */
  public CorruptStoreException(CorruptStoreException damage, String advice) {
    super(damage.getMessage() + advice, damage);
  }

  CorruptStoreException(String file, long offset, String what, IOException cause) {
    this(file, offset, what);
    initCause(cause);
  }

  /** Says once more what went wrong before, with a trace of its own. */
  public CorruptStoreException(CorruptStoreException before) {
    super(before.getMessage(), before);
  }
}
