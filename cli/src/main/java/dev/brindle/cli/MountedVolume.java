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
 * @param device what the kernel tells it from others by
 * @param user the number of the user who made it; -1 where that is not told
 */
record MountedVolume(Path mountPoint, Path store, String volume, String device, long user) {
  /**
   * @param line with the source {@code brindle:STORE:VOLUME}
   */
  static MountedVolume of(MountTable.Line line) {
    Place place = Place.parse(line.source().substring(MountTable.SOURCE_PREFIX.length()));
    return new MountedVolume(
        line.mountPoint(), Path.of(place.path()), place.name(), line.device(), line.user());
  }

  /** Whether a user made it; anybody can name anybody's store as his mount's source. */
  boolean isOf(long someone) {
    return user == someone || user == -1;
  }

  /** What the store's daemon says of it; empty when it is not this daemon that serves it. */
  Optional<MountReport> servedBy(DaemonControl daemon) throws IOException {
    return daemon.status().mounts().stream().filter(this::isServedAs).findFirst();
  }

  @SuppressWarnings("ConstantValue") // a daemon of an earlier build sends no device
  private boolean isServedAs(MountReport report) {
    return report.device() == null
        ? report.mountPoint().equals(mountPoint.toString())
        : report.device().equals(device);
  }
}
