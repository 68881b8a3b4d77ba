package dev.brindle.cli;

import dev.brindle.daemon.control.DaemonControl;
import dev.brindle.daemon.control.StoreControl;
import dev.brindle.daemon.control.TreeReference;
import dev.brindle.daemon.control.VolumeReport;
import dev.brindle.store.StoreLockedException;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A store that a command works on, and what the command's first argument names in it. */
final class Session implements Closeable {
  /** The volume that is meant when none is named, and the one of a new store. */
  static final String DEFAULT_VOLUME = "main";

  /** A daemon that starts or ends, or another command, has a store open for so long and no more. */
  private static final int CHANGING_SECONDS = 5;

  private final StoreAccess access;
  private final Location location;
  private final Place place;
  private final StoreControl control;
  private final boolean local;
  private @Nullable List<VolumeReport> volumes;

  private Session(
      StoreAccess access, Location location, Place place, StoreControl control, boolean local) {
    this.access = access;
    this.location = location;
    this.place = place;
    this.control = control;
    this.local = local;
  }

  /** Reaches the store through its daemon, or opens it while none runs. */
  static Session open(StoreAccess access, Place place) throws IOException {
    if (place.isRelative()) {
      throw Refusal.usage(
          "\"" + place + "\" does not say where: a store or a path on a mount comes first");
    }
    Location location = Location.of(place.path(), access);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CHANGING_SECONDS);
    while (true) {
      Optional<? extends DaemonControl> daemon = access.daemon(location.store());
      if (daemon.isPresent()) {
        return new Session(access, location, place, daemon.get(), false);
      }
      try {
        return new Session(access, location, place, access.openLocally(location.store()), true);
      } catch (StoreLockedException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
        pause(e);
      }
    }
  }

  private static void pause(StoreLockedException locked) throws StoreLockedException {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw locked;
    }
  }

  StoreControl control() {
    return control;
  }

  Location location() {
    return location;
  }

  /** True when this process has the store open and no daemon does. */
  boolean isLocal() {
    return local;
  }

  /** The version that the place names: a volume's head or a snapshot. */
  TreeReference version() throws IOException {
    return version(location, place);
  }

  /** The version that another place names, relative to this one or in the same store. */
  TreeReference version(Place other) throws IOException {
    if (other.isRelative()) {
      return version(location, other);
    }
    Location there = Location.of(other.path(), access);
    if (!there.store().equals(location.store())) {
      throw Refusal.usage(
          place + " and " + other + " are in two stores; both have to be in the same");
    }
    return version(there, other);
  }

  /** The volume that the place names; a snapshot is refused. */
  String volume() throws IOException {
    TreeReference version = version();
    if (version.snapshot() != null) {
      throw Refusal.usage(place + " is a snapshot; a volume is needed here");
    }
    return version.volume();
  }

  /** As {@link #volume}, or null when the place is just the store. */
  @Nullable String volumeIfNamed() throws IOException {
    return location.volume() == null && place.version().isEmpty() ? null : volume();
  }

  /**
   * @throws Refusal when there is no volume of that full name
   */
  VolumeReport find(String volume) throws IOException {
    for (VolumeReport report : volumes()) {
      if (report.fullName().equals(volume)) {
        return report;
      }
    }
    String names =
        volumes().stream()
            .map(report -> NameDisplay.of(report.fullName()))
            .collect(Collectors.joining(", "));
    throw Refusal.missing(
        "there is no volume "
            + NameDisplay.of(volume)
            + " in the store "
            + location.store()
            + (names.isEmpty() ? ", which has none yet" : "; it has: " + names));
  }

  /** True when there is a volume of that full name. */
  boolean has(String volume) throws IOException {
    return volumes().stream().anyMatch(report -> report.fullName().equals(volume));
  }

  /** True when the store has no volume at all. */
  boolean isEmpty() throws IOException {
    return volumes().isEmpty();
  }

  /**
   * The volume that is meant when none is named: {@code main}, or the only one that is no clone.
   *
   * @throws Refusal with the volumes that there are, when that says nothing
   */
  String defaultVolume() throws IOException {
    List<VolumeReport> top = volumes().stream().filter(report -> report.parent() == null).toList();
    return !has(DEFAULT_VOLUME) && top.size() == 1
        ? top.get(0).fullName()
        : find(DEFAULT_VOLUME).fullName();
  }

  private TreeReference version(Location base, Place named) throws IOException {
    if (named.namesVolume()) {
      return split(named);
    }
    String volume = base.volume() == null ? defaultVolume() : find(base.volume()).fullName();
    return named.version().isEmpty()
        ? new TreeReference(volume, base.snapshot())
        : new TreeReference(volume, snapshotName(named, 0));
  }

  /**
   * Volumes may have an at-sign in their names, and snapshots may begin with one: the volume is the
   * longest that exists.
   */
  private TreeReference split(Place named) throws IOException {
    String name = named.name();
    for (int cut = name.length(); cut > 0; cut = name.lastIndexOf('@', cut - 1)) {
      String volume = name.substring(0, cut);
      if (volumes().stream().anyMatch(report -> report.fullName().equals(volume))) {
        return cut == name.length()
            ? new TreeReference(volume, null)
            : new TreeReference(volume, snapshotName(named, cut + 1));
      }
    }
    int at = name.indexOf('@', 1);
    String missing = at > 0 ? name.substring(0, at) : name;
    if (missing.isEmpty()) {
      throw Refusal.usage("\"" + named + "\" has no volume's name after the colon");
    }
    return new TreeReference(find(missing).fullName(), null);
  }

  private static String snapshotName(Place named, int at) throws Refusal {
    String name = named.version().substring(at + 1);
    if (name.isEmpty()) {
      throw Refusal.usage("\"" + named + "\" has no snapshot's name after the at-sign");
    }
    return name;
  }

  private List<VolumeReport> volumes() throws IOException {
    List<VolumeReport> known = volumes;
    if (known == null) {
      known = control.volumes();
      volumes = known;
    }
    return known;
  }

  @Override
  public void close() throws IOException {
    control.close();
  }
}
