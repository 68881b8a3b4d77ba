package dev.brindle.cli;

import dev.brindle.daemon.transport.TransportKind;
import dev.brindle.daemon.transport.TransportSettings;
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

  @Option(
      names = "--log-level",
      paramLabel = "error|warn|info|debug|trace",
      defaultValue = "info",
      description = "How much goes into the daemon's log (default: ${DEFAULT-VALUE}).")
  LogLevel logLevel;

  @Option(
      names = "--transport",
      paramLabel = "libfuse|kernel",
      defaultValue = "libfuse",
      description =
          "How the daemon talks with the kernel: through libfuse 2, or by the kernel's own"
              + " protocol, on Linux (default: ${DEFAULT-VALUE}).")
  TransportKind transport;

  @Option(
      names = "--poll",
      paramLabel = "MICROSECONDS",
      defaultValue = "" + TransportSettings.POLL_MICROS_DEFAULT,
      description =
          "With --transport=kernel: how long to look for the next request before sleeping, when"
              + " requests follow each other closely; 0 never (default: ${DEFAULT-VALUE}).")
  int pollMicros;

  TransportSettings transportSettings() {
    return new TransportSettings(transport, pollMicros);
  }
}
