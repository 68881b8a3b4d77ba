package dev.brindle.daemon.libfuse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What libfuse and fusermount say when they fail: they print it on standard error and nowhere else.
 * Where that is a file, as in a background daemon, the end of it is the reason.
 */
final class ErrorOutput {
  private static final Path STANDARD_ERROR = Path.of("/dev/fd/2");
  private static final int LENGTH_MAX = 2_000;

  private final long start;

  private ErrorOutput(long start) {
    this.start = start;
  }

  /** Notes where the output ends now. */
  static ErrorOutput mark() {
    try {
      Path file = STANDARD_ERROR.toRealPath();
      return new ErrorOutput(Files.isRegularFile(file) ? Files.size(file) : -1);
    } catch (IOException e) {
      return new ErrorOutput(-1);
    }
  }

  /**
   * What was printed since then, on one line.
   *
   * @param before is put before it
   * @param otherwise stands for it when nothing is known
   */
  String since(String before, String otherwise) {
    if (start < 0) {
      return otherwise;
    }
    try (FileChannel file =
        FileChannel.open(STANDARD_ERROR.toRealPath(), StandardOpenOption.READ)) {
      ByteBuffer bytes =
          ByteBuffer.allocate((int) Math.max(0, Math.min(LENGTH_MAX, file.size() - start)));
      file.read(bytes, start);
      String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? otherwise : before + text.replaceAll("\\s*\\n\\s*", "; ");
    } catch (IOException e) {
      return otherwise;
    }
  }
}
