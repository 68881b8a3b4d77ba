package dev.brindle.daemon.control;

import dev.brindle.store.StoreStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code brindle status} tells of a store and of the daemon that serves it.
 *
 * @param version Brindle's
 * @param directory the store's
 * @param logFile where the daemon writes its log, also while none runs
 * @param daemon null while none runs
 */
public record StatusReport(
    String version,
    String directory,
    String logFile,
    StoreStatus store,
    @Nullable DaemonReport daemon) {

  public StatusReport withDaemon(DaemonReport report) {
    return new StatusReport(version, directory, logFile, store, report);
  }

  /** The mounts of the daemon; none when no daemon runs. */
  public List<MountReport> mounts() {
    return daemon == null ? List.of() : daemon.mounts();
  }
}
