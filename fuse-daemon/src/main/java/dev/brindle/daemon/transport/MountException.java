package dev.brindle.daemon.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A mount that was not made; the message is a sentence for people that says what to do. */
public final class MountException extends IOException {
  private static final long serialVersionUID = 1;

  public MountException(String message) {
    this(message, null);
  }

  public MountException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
