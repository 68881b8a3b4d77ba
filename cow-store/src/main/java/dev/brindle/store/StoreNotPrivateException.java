package dev.brindle.store;

import java.io.IOException;

/**
 * A store that somebody else than its user may have had his hands in: the message says what and
 * what to do about it.
 */
public final class StoreNotPrivateException extends IOException {
  private static final long serialVersionUID = 1;

  public StoreNotPrivateException(String sentence) {
    super(sentence);
  }
}
