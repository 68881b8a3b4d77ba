package dev.brindle.daemon.control;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The control socket or the daemon refused; the message is a sentence for people. */
public final class ControlException extends IOException {
  private static final long serialVersionUID = 1;
  private final ControlErrorCode code;

  public ControlException(ControlErrorCode code, String message) {
    this(code, message, null);
  }

  public ControlException(ControlErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ControlErrorCode code() {
    return code;
  }
}
