package dev.brindle.store;

import java.io.IOException;
import java.nio.file.Path;

/** Another process has the store open. */
public final class StoreLockedException extends IOException {
  private static final long serialVersionUID = 1;

  public StoreLockedException(Path store, String holder) {
    super("the store " + store + " is in use by " + holder);
  }
}
