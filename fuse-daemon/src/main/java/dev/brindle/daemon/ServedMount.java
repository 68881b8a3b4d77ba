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
 * @param line as the kernel listed it when it was made
 * @param options as they were made: what was left open is filled in
 */
record ServedMount(
    long volume,
    String volumeName,
    Path mountPoint,
    MountTable.Line line,
    MountOptions options,
    Namespace namespace,
    TransportSession session,
    Timestamp mounted) {

  /** Whether a line of the kernel's list is this mount: a device's number may be given again. */
  boolean is(MountTable.Line listed) {
    return listed.device().equals(line.device()) && listed.source().equals(line.source());
  }

  /**
   * Where it is mounted now, by the kernel's list: empty when it was taken off lazily and files are
   * still open on it; another place than it was made at when a directory above has moved, and more
   * than one after a bind mount.
   */
  List<Path> places() throws IOException {
    return MountTable.read().stream().filter(this::is).map(MountTable.Line::mountPoint).toList();
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
    return new MountReport(
        name, place.toString(), line.device(), options, mounted, places.isEmpty());
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
