package dev.brindle.store.log;

import java.io.IOException;

/**
 * An append or a sync was refused because an earlier one failed: what the log's file holds behind
 * that point is not known, so the store is read-only until it is opened again.
 */
public final class LogFailedException extends IOException {
  private static final long serialVersionUID = 1;

  LogFailedException(Throwable first) {
    super("the store is read-only since a write to its log failed: " + first.getMessage(), first);
  }
}
