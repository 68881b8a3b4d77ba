package dev.brindle.cli;

import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.transport.TransportKind;
import dev.brindle.daemon.transport.TransportSettings;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
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
      paramLabel = "kernel|libfuse",
      description =
          "How the daemon talks with the kernel: by the kernel's own protocol, which is the default"
              + " on Linux, or through libfuse 2.")
  @Nullable TransportKind transport;

  @Option(
      names = "--poll",
      paramLabel = "MICROSECONDS",
      defaultValue = "" + TransportSettings.POLL_MICROS_DEFAULT,
      description =
          "With --transport=kernel: how long to look for the next request before sleeping, when"
              + " requests follow each other closely, and to ask for processors that wake at once"
              + " meanwhile, as root; 0 neither (default: ${DEFAULT-VALUE}).")
  int pollMicros;

  TransportSettings transportSettings() {
    TransportKind kind = Objects.requireNonNullElseGet(transport, Host.current()::transport);
    return new TransportSettings(kind, pollMicros);
  }
}
