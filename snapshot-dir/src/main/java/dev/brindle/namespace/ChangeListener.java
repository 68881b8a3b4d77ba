package dev.brindle.namespace;

import dev.brindle.store.Name;

/**
 * Is told what changes in the trees of a mount by another way than the mount itself, so that its
 * kernel can forget what it remembers of that. Called by whoever made the change, after it was made
 * and before it is acknowledged: an implementation takes note and returns at once. What it is not
 * told of its kernel goes on believing, bytes of files too.
 */
public interface ChangeListener {
  /** One who remembers nothing. */
  ChangeListener NONE = new ChangeListener() {};

  /**
   * A name leads to something else than before, or to nothing.
   *
   * @param wasDirectory whether it led to a directory
   */
  default void entryChanged(long directory, Name name, boolean wasDirectory) {}

  /**
   * This mount has given something this name, and another mount may have changed what bore the name
   * before: the kernel, which moves what it knows, may have moved something else.
   */
  default void entryMoved(long directory, Name name, boolean isDirectory) {}

  /** Owner, mode, times, number of names or extended attributes. */
  default void attributesChanged(long node) {}

  /** A file's bytes or its size, or a directory's names, and with them its attributes. */
  default void contentChanged(long node) {}

  /** A file was cut or made longer: its bytes have changed, and there may be fewer. */
  default void sizeSet(long node) {}
}
