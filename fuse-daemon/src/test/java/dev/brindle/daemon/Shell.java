package dev.brindle.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Shell commands in a directory, as a user would give them. */
public final class Shell {
  /** What a command did. */
  public record Result(int status, String output) {}

  private Shell() {}

  /** Standard output and error together; never waits longer than two minutes. */
  public static Result run(Path directory, String script) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", script)
            .directory(directory.toFile())
            .redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    process.getOutputStream().close();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new IOException("still running: " + script);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return new Result(process.exitValue(), output);
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
