package dev.brindle.cli;

import picocli.CommandLine.Option;

/** What is set when a daemon starts; one that runs already keeps its own. */
final class DaemonSettings {
  /** How much the daemon writes into its log. */
  enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  /** How the daemon talks with the kernel. */
  enum TransportKind {
    LIBFUSE
  }

  @Option(
      names = "--log-level",
      paramLabel = "error|warn|info|debug|trace",
      defaultValue = "info",
      description = "How much goes into the daemon's log (default: ${DEFAULT-VALUE}).")
  LogLevel logLevel;

  @Option(
      names = "--transport",
      paramLabel = "libfuse",
      defaultValue = "libfuse",
      description = "How the daemon talks with the kernel: libfuse, the only one there is.")
  TransportKind transport;
}
