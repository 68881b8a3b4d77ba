package dev.brindle.daemon.control;

import java.nio.file.Path;

/** The files that the daemon puts beside the store's own. */
public final class ControlAddress {
  /** The daemon's log, in the store's directory. */
  public static final String LOG_FILE = "daemon.log";

  /** The control socket, in the store's directory. */
  public static final String SOCKET_FILE = "daemon.sock";

  private ControlAddress() {}

  public static Path logFile(Path store) {
    return store.resolve(LOG_FILE);
  }
}
