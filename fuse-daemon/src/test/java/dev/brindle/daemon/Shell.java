package dev.brindle.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Shell commands in a directory, as a user would give them. */
public final class Shell {
  /** What a command did. */
  public record Result(int status, String output) {}

  private static final long LIMIT_SECONDS = 120;

  private Shell() {}

  /**
   * Standard output and error together; never waits longer than two minutes, also not for what the
   * script leaves running with its output open.
   */
  public static Result run(Path directory, String script) throws IOException {
    Path output = Files.createTempFile("brindle-out", null);
    try {
      ProcessBuilder builder =
          new ProcessBuilder("sh", "-c", "umask 022\n" + script)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().put("LC_ALL", "C");
      Process process = builder.start();
      process.getOutputStream().close();
      await(process, script);
      String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
      return new Result(process.exitValue(), text.strip());
    } finally {
      Files.delete(output);
    }
  }

  private static void await(Process process, String script) throws IOException {
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("still running: " + script);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** The output of a command that has to succeed. */
  public static String ok(Path directory, String script) throws IOException {
    Result result = run(directory, script);
    assertEquals(0, result.status(), () -> script + ": " + result.output());
    return result.output();
  }

  /** The output of a command that has to fail. */
  public static String fails(Path directory, String script) throws IOException {
    Result result = run(directory, script);
    if (result.status() == 0) {
      throw new AssertionError("succeeded: " + script + ": " + result.output());
    }
    return result.output();
  }
}
