package dev.brindle.store;

import java.io.IOException;

/**
 * The disk cannot read bytes of one of the store's files, again and again, and there is no copy. To
 * whoever needs them that is as if they were damaged; but they may be there, so nothing is written
 * in their place and no repair takes them for lost.
 */
public final class UnreadableStoreException extends CorruptStoreException {
  private static final long serialVersionUID = 1;

  /**
   * @param file the store's file, relative to the store's directory
   * @param offset where in the file, in bytes
   * @param cause what the disk said
   */
  public UnreadableStoreException(String file, long offset, IOException cause) {
    super(file, offset, "it cannot be read: " + cause.getMessage(), cause);
  }
}
