package dev.brindle.store;

import java.io.IOException;
import java.nio.file.Path;

/** The store was written by a newer Brindle, in a format that this one does not know. */
public final class FormatTooNewException extends IOException {
  private static final long serialVersionUID = 1;

  public FormatTooNewException(Path store, int found, int known) {
    super(
        "the store %s has format version %d, this Brindle knows up to %d: use a newer Brindle"
            .formatted(store, found, known));
  }
}
