package dev.brindle.cli.mounted;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs. Each has a time limit, and ends with all of its children when that is over. */
final class Shell {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Path directory;
  private final Map<String, String> environment = new HashMap<>();

  private Shell(Path directory) {
    this.directory = directory;
  }

  /** Programs that run in this directory. */
  static Shell in(Path directory) {
    return new Shell(directory);
  }

  Shell with(String variable, Object value) {
    environment.put(variable, value.toString());
    return this;
  }

  /** Runs a script; the first command that fails ends it. */
  Output sh(String script) {
    return run(List.of("sh", "-euc", script));
  }

  /** The script succeeds; what it printed. */
  String ok(String script) {
    return sh(script).expectSuccess().line();
  }

  Output run(List<String> command) {
    return run(command, LIMIT);
  }

  Output run(List<String> command, Duration limit) {
    try {
      Path out = Files.createTempFile("brindle-out", null);
      Path err = Files.createTempFile("brindle-err", null);
      try {
        Process process = start(command, Redirect.to(out.toFile()), Redirect.to(err.toFile()));
        int status = await(process, limit);
        return new Output(String.join(" ", command), status, text(out), text(err));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a program that the caller ends. */
  Process start(List<String> command, Redirect out, Redirect err) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.redirectOutput(out).redirectError(err);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  private static int await(Process process, Duration limit) {
    try {
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
      end(process);
      return 124;
    } catch (InterruptedException e) {
      end(process);
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Ends a program and what it started. */
  static void end(Process process) {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    process.onExit().join();
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
