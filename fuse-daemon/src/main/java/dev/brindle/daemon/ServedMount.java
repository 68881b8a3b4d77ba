package dev.brindle.daemon;

import dev.brindle.daemon.control.MountOptions;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.transport.TransportSession;
import dev.brindle.namespace.Namespace;
import dev.brindle.store.Store;
import dev.brindle.store.Timestamp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.tinylog.Logger;

/**
 * A mount that answers.
 *
 * @param options as they were made: what was left open is filled in
 */
record ServedMount(
    long volume,
    String volumeName,
    Path mountPoint,
    MountOptions options,
    Namespace namespace,
    TransportSession session,
    Timestamp mounted) {

  /** Shows the volume under its present name, which may have changed. */
  MountReport report(Store store) {
    String name = volumeName;
    try {
      name = store.volume(volume).fullName();
    } catch (IOException e) {
      Logger.debug(e, "the name of volume {} is not known", volume);
    }
    return new MountReport(name, mountPoint.toString(), options, mounted);
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return Objects.hash(mountPoint, mounted);
  }
}
