package dev.brindle.daemon;

import dev.brindle.daemon.control.MountOptions;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.host.MountTable;
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
 * @param device what the kernel tells it from others by
 * @param options as they were made: what was left open is filled in
 */
record ServedMount(
    long volume,
    String volumeName,
    Path mountPoint,
    String device,
    MountOptions options,
    Namespace namespace,
    TransportSession session,
    Timestamp mounted) {

  /** Where a mount is, by the kernel's list. */
  enum Place {
    /** On its mount point. */
    THERE,
    /** Below another one that was made over it. */
    COVERED,
    /** Nowhere: it was taken off lazily, and files are still open on it. */
    DETACHED
  }

  Place place() throws IOException {
    Place place = Place.DETACHED;
    for (MountTable.Line line : MountTable.read()) {
      if (line.mountPoint().equals(mountPoint)) {
        boolean isThis = line.device().equals(device);
        place = isThis ? Place.THERE : place == Place.DETACHED ? place : Place.COVERED;
      }
    }
    return place;
  }

  private boolean isDetached() {
    try {
      return place() == Place.DETACHED;
    } catch (IOException e) {
      Logger.debug(e, "{}: where it is mounted is not known", mountPoint);
      return false;
    }
  }

  /** Shows the volume under its present name, which may have changed. */
  MountReport report(Store store) {
    String name = volumeName;
    try {
      name = store.volume(volume).fullName();
    } catch (IOException e) {
      Logger.debug(e, "the name of volume {} is not known", volume);
    }
    return new MountReport(name, mountPoint.toString(), options, mounted, isDetached());
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
