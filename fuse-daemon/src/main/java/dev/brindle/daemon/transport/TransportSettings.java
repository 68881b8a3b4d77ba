package dev.brindle.daemon.transport;

/**
 * How a daemon talks with the kernel, all its mounts.
 *
 * @param pollMicros how long a thread of {@link TransportKind#KERNEL} looks for the next request
 *     before it sleeps, when requests follow each other closely, in microseconds; 0 never
 */
public record TransportSettings(TransportKind kind, int pollMicros) {
  public static final int POLL_MICROS_DEFAULT = 50;

  public static TransportSettings of(TransportKind kind) {
    return new TransportSettings(kind, POLL_MICROS_DEFAULT);
  }
}
