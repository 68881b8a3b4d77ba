package dev.brindle.cli;

import java.io.IOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/**
 * Where a command prints. It remembers why something could not be written, which the {@link
 * java.io.PrintWriter} in front of it tells nobody.
 */
final class Output extends Writer {
  private final Writer out;
  private @Nullable IOException failure;

  Output(Writer out) {
    this.out = out;
  }

  /** The first failure; null when everything was written. */
  @Nullable IOException failure() {
    return failure;
  }

  private interface Step {
    void run() throws IOException;
  }

  private void remembering(Step step) throws IOException {
    try {
      step.run();
    } catch (IOException e) {
      if (failure == null) {
        failure = e;
      }
      throw e;
    }
  }

  @Override
  public void write(char[] text, int offset, int length) throws IOException {
    remembering(() -> out.write(text, offset, length));
  }

  @Override
  public void flush() throws IOException {
    remembering(out::flush);
  }

  @Override
  public void close() throws IOException {
    remembering(out::close);
  }
}
