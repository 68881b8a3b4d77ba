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
import java.util.List;
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

  /**
   * Where it is mounted now, by the kernel's list: empty when it was taken off lazily and files are
   * still open on it; another place than it was made at when a directory above has moved, and more
   * than one after a bind mount.
   */
  List<Path> places() throws IOException {
    return MountTable.read().stream()
        .filter(line -> line.device().equals(device))
        .map(MountTable.Line::mountPoint)
        .toList();
  }

  /** Shows the volume under its present name, which may have changed. */
  MountReport report(Store store) {
    String name = volumeName;
    try {
      name = store.volume(volume).fullName();
    } catch (IOException e) {
      Logger.debug(e, "the name of volume {} is not known", volume);
    }
    List<Path> places = List.of(mountPoint);
    try {
      places = places();
    } catch (IOException e) {
      Logger.debug(e, "{}: where it is mounted is not known", mountPoint);
    }
    Path place = places.isEmpty() ? mountPoint : places.get(0);
    return new MountReport(name, place.toString(), device, options, mounted, places.isEmpty());
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
