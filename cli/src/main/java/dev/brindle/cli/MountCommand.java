package dev.brindle.cli;

import dev.brindle.daemon.control.ControlErrorCode;
import dev.brindle.daemon.control.ControlException;
import dev.brindle.daemon.control.MountOptions;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.control.MountRequest;
import dev.brindle.namespace.SnapshotVisibility;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "mount",
    description =
        "Mount a volume. Store and mount point are made when they do not exist, and a new store"
            + " gets the volume that is named. The mount is served in the background, and answers"
            + " when this returns. A store that is mounted already gets one more mount.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  brindle mount ~/brindle-store ~/brindle",
      "  brindle mount ~/brindle-store:main/test ~/test",
      "  brindle mount --create ~/brindle-store:photos ~/photos",
      "  brindle mount ~/brindle:photos ~/photos          the store by one of its mounts"
    })
final class MountCommand extends Verb {
  @Parameters(
      index = "0",
      paramLabel = "STORE[:VOLUME]",
      description =
          "The volume (default: main, or the only one there is), or a clone by its full name"
              + " (main/test).")
  Place place;

  @Parameters(index = "1", paramLabel = "DIR", description = "The mount point: an empty directory.")
  Path directory;

  @Option(
      names = {"-f", "--foreground"},
      description = "Serve the mount here, until it is unmounted or Ctrl-C ends it.")
  boolean foreground;

  @Option(names = "--create", description = "Make the volume when the store does not have it.")
  boolean create;

  @Option(
      names = {"-r", "--read-only"},
      description = "Refuse every change.")
  boolean readOnly;

  @Option(
      names = "--noatime",
      description = "Leave access times alone (otherwise they are kept as with relatime).")
  boolean noAccessTime;

  @Option(
      names = "--snapdir",
      paramLabel = "hidden|visible|disabled",
      defaultValue = "hidden",
      description =
          "Whether .snapshots and .clones are there but not listed, listed, or not there (default:"
              + " ${DEFAULT-VALUE}).")
  SnapshotVisibility snapshots;

  /** Who else changes what this mount shows. */
  enum Cache {
    SHARED,
    ALONE
  }

  @Option(
      names = "--cache",
      paramLabel = "shared|alone",
      defaultValue = "shared",
      description =
          "Whether other mounts may show the same files. With alone they are refused; in return the"
              + " kernel (with --transport=kernel, since Linux 6.16) keeps what is written until the"
              + " file is closed, which makes small writes several times as fast, and tells of a full"
              + " disk at close or fsync (default: ${DEFAULT-VALUE}).")
  Cache cache;

  @Option(
      names = "--allow-other",
      negatable = true,
      description =
          "Whether other users are let in, as far as file modes allow. By default when root mounts;"
              + " others need user_allow_other in /etc/fuse.conf.")
  @Nullable Boolean allowOther;

  @Option(names = "--suid", description = "Honour set-user-id and set-group-id bits.")
  boolean setUid;

  @Option(names = "--dev", description = "Honour device files.")
  boolean devices;

  @Mixin DaemonSettings settings;

  @Mixin JsonOption json;

  @Override
  int run() throws IOException {
    if (place.isRelative()) {
      throw Refusal.usage("\"" + place + "\" does not name a store");
    }
    if (place.namesSnapshot() && !place.namesVolume()) {
      throw Refusal.usage(
          "a snapshot is not mounted by itself: it is in .snapshots of its volume's mount, and"
              + " \"clone create\" makes a volume of it");
    }
    Path real = Location.realPath(place.path());
    @Nullable String volume = Naming.volume(place);
    Path store = real;
    if (isNew(real)) {
      Location.refuseUnreadable(real);
      String first = orDefault(volume);
      access().refuseMountPoint(mountPoint(), real);
      access().create(real, first);
      say("Made the store " + real + " with the volume " + NameDisplay.of(first) + ".");
    } else {
      Location location = Location.of(place.path(), access());
      store = location.store();
      volume = volume == null ? location.volume() : volume;
    }
    return mount(store, volume);
  }

  private Path mountPoint() throws IOException {
    return Location.realPath(directory.toString());
  }

  private static String orDefault(@Nullable String volume) {
    return Objects.requireNonNullElse(volume, Session.DEFAULT_VOLUME);
  }

  /** A path that is no store and not on a mount is where a new store goes. */
  private boolean isNew(Path path) throws IOException {
    return !access().isStore(path)
        && access().mounts().stream().noneMatch(mount -> path.startsWith(mount.mountPoint()));
  }

  /**
   * @param volume null when none was named
   */
  private int mount(Path store, @Nullable String volume) throws IOException {
    String instead;
    try {
      return mountVolume(store, orDefault(volume));
    } catch (ControlException e) {
      instead = e.code() == ControlErrorCode.MOUNT_FAILED ? instead(store, volume) : null;
      if (instead == null) {
        throw e;
      }
    }
    return mountVolume(store, instead);
  }

  private int mountVolume(Path store, String volume) throws IOException {
    MountOptions options =
        new MountOptions(
            readOnly, allowOther, noAccessTime, setUid, devices, snapshots, cache == Cache.ALONE);
    MountRequest request = new MountRequest(volume, mountPoint(), options);
    try (Progress progress = progress("Mounting " + NameDisplay.of(store.toString()))) {
      return access()
          .mount(
              store,
              request,
              settings,
              foreground,
              mounted -> {
                progress.close();
                tell(mounted);
              });
    }
  }

  /**
   * The volume to mount when the first attempt has failed because there is none of that name: one
   * that is made, as asked for or because the store has none at all, or the store's only one. Looks
   * only now, because a store without a daemon is opened for it.
   *
   * @return null when the volume is there, and something else was in the way
   * @throws Refusal when it is missing and is not to be made
   */
  private @Nullable String instead(Path store, @Nullable String volume) throws IOException {
    String wanted = orDefault(volume);
    try (Session session = open(new Place(store.toString(), ""))) {
      if (session.has(wanted)) {
        return null;
      }
      if (!create && !session.isEmpty()) {
        return volume == null ? session.defaultVolume() : session.find(volume).fullName();
      }
      session.control().createVolume(wanted);
    }
    say("Made the volume " + NameDisplay.of(wanted) + ".");
    return wanted;
  }

  /** Tells that the mount answers, and what can be done with it. */
  private void tell(MountReport mount) {
    try {
      if (json.print(mount, out())) {
        return;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String brindle = System.getProperty("brindle.command", "brindle");
    String typed = directory.toString();
    out()
        .println(
            "Mounted "
                + NameDisplay.of(mount.volume())
                + " at "
                + NameDisplay.of(mount.mountPoint())
                + (mount.options().readOnly() ? ", read-only." : "."));
    if (snapshots != SnapshotVisibility.DISABLED && !readOnly) {
      out().println("Try next:");
      out().println("  mkdir " + typed + "/.snapshots/before    keep everything as it is now");
      out().println("  ls " + typed + "/.snapshots/before       and look at it later");
      out().println("  mkdir " + typed + "/.clones/test         a writable copy of everything");
    }
    out().println("  " + brindle + " status " + typed);
    out().println("  " + brindle + " umount " + typed);
    out().flush();
  }

  private void say(String line) {
    if (!json.enabled) {
      out().println(line);
    }
  }
}
