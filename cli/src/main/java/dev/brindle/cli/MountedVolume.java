package dev.brindle.cli;

import dev.brindle.daemon.control.DaemonControl;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.host.MountTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A mount of this machine that a Brindle daemon serves, or served, as the kernel lists it.
 *
 * @param volume the full name of the volume mounted there
 */
record MountedVolume(Path mountPoint, Path store, String volume) {
  /**
   * @param source what the kernel lists as the device: {@code brindle:STORE:VOLUME}
   */
  static MountedVolume of(Path mountPoint, String source) {
    Place place = Place.parse(source.substring(MountTable.SOURCE_PREFIX.length()));
    return new MountedVolume(mountPoint, Path.of(place.path()), place.name());
  }

  /** What the store's daemon says of it; empty when it is not this daemon that serves it. */
  Optional<MountReport> servedBy(DaemonControl daemon) throws IOException {
    return daemon.status().mounts().stream()
        .filter(report -> !report.detached() && report.mountPoint().equals(mountPoint.toString()))
        .findFirst();
  }
}
