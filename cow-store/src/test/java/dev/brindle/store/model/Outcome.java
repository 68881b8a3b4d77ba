package dev.brindle.store.model;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How an operation on the store under test ended: with a value or with an errno. */
record Outcome<T>(@Nullable T value, @Nullable Errno errno) {
  /** An operation on the store under test. */
  interface Call<T> {
    T run() throws IOException;
  }

  static <T> Outcome<T> of(Call<T> call) throws IOException {
    try {
      return new Outcome<>(call.run(), null);
    } catch (FileSystemException e) {
      return new Outcome<>(null, e.errno());
    }
  }

  boolean succeeded() {
    return errno == null;
  }
}
