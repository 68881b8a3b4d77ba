package dev.brindle.cli;

import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** The option {@code --json} of every verb that tells something. */
final class JsonOption {
  @Option(
      names = "--json",
      description = "Print JSON: sizes in bytes, times as ISO-8601, everything exact.")
  boolean enabled;

  /** Prints the value as JSON if that was asked for; else the caller has to show it. */
  boolean print(Object value, PrintWriter out) throws IOException {
    if (enabled) {
      Json.print(value, out);
    }
    return enabled;
  }
}
