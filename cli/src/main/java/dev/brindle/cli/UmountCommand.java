package dev.brindle.cli;

import dev.brindle.daemon.control.DaemonControl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "umount",
    aliases = "unmount",
    description =
        "Unmount: everything is written out and durable when this returns. The daemon ends with the"
            + " store's last mount. The mount that a dead daemon left is taken off too.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  brindle umount ~/brindle",
      "  brindle umount ~/brindle-store          all mounts of the store"
    })
final class UmountCommand extends Verb {
  @Parameters(
      arity = "1..*",
      paramLabel = "DIR",
      description = "Mount points, or stores: all of their mounts.")
  List<String> directories;

  @Option(
      names = {"-l", "--lazy"},
      description =
          "Take the mount point off at once, also when files are open on it. Programs that have them"
              + " open go on, and so does the daemon, until they close them.")
  boolean lazy;

  @Override
  int run() throws IOException {
    for (String directory : directories) {
      for (MountedVolume mount : chosen(directory)) {
        unmount(mount);
      }
    }
    return ExitStatus.OK;
  }

  private void unmount(MountedVolume mount) throws IOException {
    String volume = access().volumeName(mount);
    try (Progress progress = progress("Writing everything out")) {
      access().unmount(mount, lazy);
    }
    out()
        .println(
            "Unmounted "
                + NameDisplay.of(volume)
                + " from "
                + NameDisplay.of(mount.mountPoint().toString())
                + ".");
    out().flush();
  }

  private Refusal notMounted(Path store) throws IOException {
    Optional<? extends DaemonControl> daemon = access().daemon(store);
    if (daemon.isEmpty()) {
      return Refusal.missing("the store " + store + " is not mounted");
    }
    try (DaemonControl served = daemon.get()) {
      return Refusal.served(store, served.status());
    }
  }

  private List<MountedVolume> chosen(String directory) throws IOException {
    Path path = Location.realPath(directory);
    List<MountedVolume> mounts = access().mounts();
    // Without a look at the mount itself: it answers nothing while its daemon is stopped.
    Optional<MountedVolume> exact =
        mounts.stream().filter(mount -> mount.mountPoint().equals(path)).findFirst();
    if (exact.isPresent()) {
      return List.of(exact.get());
    }
    if (access().isStore(path)) {
      List<MountedVolume> ofStore = new ArrayList<>();
      for (MountedVolume mount : mounts) {
        if (mount.store().equals(path) && access().isOfOwner(mount, path)) {
          ofStore.add(mount);
        }
      }
      if (ofStore.isEmpty()) {
        throw notMounted(path);
      }
      return ofStore;
    }
    Optional<MountedVolume> around =
        mounts.stream().filter(mount -> path.startsWith(mount.mountPoint())).findFirst();
    throw Refusal.missing(
        around.isPresent()
            ? directory + " is on the mount " + around.get().mountPoint() + " and is not it"
            : "there is no Brindle mount at " + directory + " (brindle status lists the mounts)");
  }
}
