package dev.brindle.store.log;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** The first failure of an append or a sync; there is no success after it. */
final class Poison {
  private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

  void check() throws LogFailedException {
    Throwable cause = first.get();
    if (cause != null) {
      throw new LogFailedException(cause);
    }
  }

  void set(Throwable cause) {
    if (first.compareAndSet(null, cause)) {
      Logger.error(cause, "a write to the log failed: the store is read-only from now on");
    }
  }

  @Nullable Throwable cause() {
    return first.get();
  }
}
