package dev.brindle.cli;

import dev.brindle.daemon.DaemonLauncher;
import dev.brindle.daemon.control.ControlClient;
import dev.brindle.daemon.control.LocalStore;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.control.MountRequest;
import dev.brindle.daemon.control.NameText;
import dev.brindle.daemon.control.StoreControl;
import dev.brindle.daemon.host.DeadMount;
import dev.brindle.daemon.host.MountTable;
import dev.brindle.daemon.host.Processes;
import dev.brindle.daemon.host.StuckDaemon;
import dev.brindle.daemon.host.Unmounter;
import dev.brindle.store.Store;
import dev.brindle.store.StoreNotPrivateException;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.check.Check;
import dev.brindle.store.check.CheckReport;
import dev.brindle.store.check.Repair;
import dev.brindle.store.check.RepairReport;
import dev.brindle.store.disk.StoreLock;
import dev.brindle.store.index.IndexRebuilt;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The stores and mounts of this machine. */
final class DirectAccess implements StoreAccess {
  /**
   * Before anything looks at a path: on a mount whose daemon was killed and hangs, that would never
   * come back, and while the daemon is stopped it waits; then it is told why. Mounts of other users
   * are left alone: what they name as their store may be anything.
   */
  void releaseStuckDaemons() {
    try {
      int user = Processes.user();
      Map<Path, List<Path>> mountPoints =
          mounts().stream()
              .filter(mount -> mount.isOf(user))
              .collect(
                  Collectors.groupingBy(
                      MountedVolume::store,
                      Collectors.mapping(MountedVolume::mountPoint, Collectors.toList())));
      for (Map.Entry<Path, List<Path>> store : mountPoints.entrySet()) {
        StuckDaemon.release(store.getKey(), store.getValue());
        StuckDaemon.describeStopped(store.getKey()).ifPresent(DirectAccess::warn);
      }
    } catch (IOException e) {
      warn(String.valueOf(e.getMessage()));
    }
  }

  private static void warn(String text) {
    System.err.println("brindle: " + NameDisplay.of(text));
  }

  @Override
  public boolean isStore(Path directory) {
    return Store.exists(directory);
  }

  @Override
  public void refuseMountPoint(Path mountPoint, Path store) throws IOException {
    DaemonLauncher.refuseUnusable(mountPoint, store);
  }

  @Override
  public void create(Path directory, String volume) throws IOException {
    Store.checkVolumeName(NameText.name(volume));
    if (!isStore(directory)) {
      createStore(directory);
    }
    try (StoreControl store = openLocally(directory)) {
      store.createVolume(volume);
    }
  }

  private static void createStore(Path directory) throws IOException {
    try {
      Store.create(directory, StoreOptions.defaults());
    } catch (DirectoryNotEmptyException e) {
      throw Refusal.refused(
          directory + " is no store, and not empty: a new store needs a directory of its own");
    }
  }

  @Override
  public Optional<ControlClient> daemon(Path store) throws IOException {
    return ControlClient.connect(store);
  }

  @Override
  public StoreControl openLocally(Path store) throws IOException {
    return LocalStore.owning(Store.open(store, StoreOptions.defaults()));
  }

  @Override
  public IndexRebuilt rebuildIndex(Path store, boolean acceptOlder) throws IOException {
    return Store.rebuildIndex(store, acceptOlder);
  }

  @Override
  public CheckReport check(Path store, boolean readData) throws IOException {
    try (Store opened = Store.openForCheck(store, StoreOptions.defaults())) {
      return Check.run(opened, readData);
    }
  }

  @Override
  public RepairReport repair(Path store) throws IOException {
    try (Store opened = Store.openAtRest(store, StoreOptions.defaults())) {
      return Repair.run(opened);
    }
  }

  @Override
  public List<MountedVolume> mounts() throws IOException {
    return MountTable.read().stream()
        .filter(MountTable.Line::isBrindle)
        .map(MountedVolume::of)
        .toList();
  }

  @Override
  public boolean isDead(MountedVolume mount) throws IOException {
    return switch (DeadMount.ask(mount.mountPoint())) {
      case DEAD -> true;
      case SERVED -> false;
      case DENIED -> isFree(mount.store());
    };
  }

  /** Whether there is a store that nobody has open. */
  private static boolean isFree(Path store) throws IOException {
    try {
      StoreLock.verifyFile(store);
      return !StoreLock.isHeld(store);
    } catch (NoSuchFileException | AccessDeniedException | StoreNotPrivateException e) {
      return false;
    }
  }

  @Override
  public boolean isOwn(MountedVolume mount) {
    return mount.isOf(Processes.user());
  }

  @Override
  public boolean isOfOwner(MountedVolume mount, Path store) throws IOException {
    return mount.isOf((Integer) Files.getAttribute(store, "unix:uid"));
  }

  @Override
  public boolean hasNoVolume(Path store) throws IOException {
    Optional<ControlClient> running = daemon(store);
    if (running.isPresent()) {
      running.get().close();
      return false;
    }
    try (Store opened = Store.openForCheck(store, StoreOptions.defaults())) {
      return opened.volumes().isEmpty();
    }
  }

  private Optional<ControlClient> daemonOf(MountedVolume mount) throws IOException {
    try {
      return daemon(mount.store());
    } catch (AccessDeniedException e) {
      throw Refusal.refused(
          "%s is another user's mount: you have no access to its store, %s"
              .formatted(mount.mountPoint(), mount.store()));
    }
  }

  @Override
  public String volumeName(MountedVolume mount) throws IOException {
    Optional<ControlClient> running = daemonOf(mount);
    if (running.isEmpty()) {
      return mount.volume();
    }
    try (ControlClient daemon = running.get()) {
      return mount.servedBy(daemon).map(MountReport::volume).orElse(mount.volume());
    }
  }

  @Override
  public int mount(
      Path store,
      MountRequest request,
      DaemonSettings settings,
      boolean foreground,
      Consumer<MountReport> mounted)
      throws IOException {
    String logLevel = settings.logLevel.name().toLowerCase(Locale.ROOT);
    DaemonLauncher launcher =
        new DaemonLauncher(store, logLevel, settings.transportSettings(), DirectAccess::warn);
    if (foreground) {
      return launcher.mountInForeground(request, mounted);
    }
    mounted.accept(launcher.mount(request));
    return ExitStatus.OK;
  }

  @Override
  public void unmount(MountedVolume mount, boolean lazy) throws IOException {
    Optional<ControlClient> running = daemonOf(mount);
    if (running.isPresent()) {
      try (ControlClient daemon = running.get()) {
        if (mount.servedBy(daemon).isPresent()) {
          daemon.umount(mount.mountPoint(), lazy);
          return;
        }
      }
    }
    if (!isDead(mount)) {
      throw Refusal.refused(
          "%s is served, but its daemon cannot be asked: its socket in %s is gone, or another user's; SIGTERM ends it in order"
              .formatted(mount.mountPoint(), mount.store()));
    }
    Unmounter.current().unmount(mount.mountPoint(), true);
  }
}
