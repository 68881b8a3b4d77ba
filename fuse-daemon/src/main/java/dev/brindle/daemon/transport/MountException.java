package dev.brindle.daemon.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A mount that was not made; the message is a sentence for people that says what to do. */
public final class MountException extends IOException {
  /** What is to be done about it. */
  public enum Kind {
    /** Look into it. */
    FAILED,
    /** Name another mount point. */
    MOUNT_POINT,
    /** Install or allow something on this machine. */
    MACHINE
  }

  private static final long serialVersionUID = 1;
  private final Kind kind;

  public MountException(String message) {
    this(message, null);
  }

  public MountException(String message, @Nullable Throwable cause) {
    this(Kind.FAILED, message, cause);
  }

  public MountException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
