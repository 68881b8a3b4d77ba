package dev.brindle.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** For what goes on after a failure: the first is thrown at the end, with the others suppressed. */
public final class FirstFailure {
  private @Nullable IOException first;

  public void note(IOException failure) {
    if (first == null) {
      first = failure;
    } else {
      first.addSuppressed(failure);
    }
  }

  /**
   * @throws IOException the first failure, when there was any
   */
  public void throwIfAny() throws IOException {
    if (first != null) {
      throw first;
    }
  }
}
