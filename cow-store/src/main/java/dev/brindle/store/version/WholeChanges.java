package dev.brindle.store.version;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Changes of rows that belong together: one that fails leaves them as they were. */
final class WholeChanges {
  interface Change<T> {
    T apply() throws IOException;
  }

  private final UndoableRows rows;

  /** What stopped a change half-way and could not be taken back. */
  private @Nullable Throwable failure;

  WholeChanges(UndoableRows rows) {
    this.rows = rows;
  }

  <T> T run(Change<T> change) throws IOException {
    check();
    try {
      T result = change.apply();
      rows.keep();
      return result;
    } catch (IOException | RuntimeException | Error e) {
      takeBack(e);
      throw e;
    }
  }

  private void takeBack(Throwable cause) {
    try {
      rows.takeBack();
    } catch (IOException | RuntimeException | Error e) {
      cause.addSuppressed(e);
      failure = cause;
    }
  }

  /**
   * @throws IOException a change stopped half-way: no checkpoint may contain the rows
   */
  void check() throws IOException {
    if (failure != null) {
      throw new IOException("the deadlists could not be changed", failure);
    }
  }

  /** All rows are made anew. */
  void reset() {
    failure = null;
  }
}
