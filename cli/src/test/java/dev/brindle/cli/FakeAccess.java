package dev.brindle.cli;

import dev.brindle.daemon.control.DaemonControl;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.control.MountRequest;
import dev.brindle.daemon.control.StoreControl;
import dev.brindle.store.check.CheckReport;
import dev.brindle.store.check.RepairReport;
import dev.brindle.store.index.IndexRebuilt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.NullMarked;

/** A machine whose stores and mounts are in memory; a store with a mount has a daemon. */
@NullMarked
final class FakeAccess implements StoreAccess {
  final Map<Path, FakeStore> stores = new HashMap<>();
  final List<MountedVolume> mounts = new ArrayList<>();
  List<String> problems = List.of();

  /** What a repair leaves. */
  List<String> left = List.of();

  final List<Path> rebuilt = new ArrayList<>();

  /** Names that the kernel lists, and what they are now. */
  final Map<String, String> renamed = new HashMap<>();

  FakeStore add(Path directory) throws IOException {
    create(directory, Session.DEFAULT_VOLUME);
    return stores.get(directory);
  }

  @Override
  public boolean isStore(Path directory) {
    return stores.containsKey(directory);
  }

  @Override
  public void refuseMountPoint(Path mountPoint, Path store) {}

  @Override
  public void create(Path directory, String volume) throws IOException {
    stores.computeIfAbsent(directory, FakeStore::new).createVolume(volume);
  }

  @Override
  public Optional<DaemonControl> daemon(Path store) {
    return mounts.stream().anyMatch(mount -> mount.store().equals(store))
        ? Optional.of(stores.get(store))
        : Optional.empty();
  }

  @Override
  public StoreControl openLocally(Path store) {
    return stores.get(store);
  }

  @Override
  public IndexRebuilt rebuildIndex(Path store, boolean acceptOlder) {
    rebuilt.add(store);
    return new IndexRebuilt(17, acceptOlder);
  }

  @Override
  public CheckReport check(Path store, boolean readData) {
    return new CheckReport(1, 2, 3, 4, 4096, problems);
  }

  @Override
  public RepairReport repair(Path store) {
    RepairReport report =
        new RepairReport(problems.stream().map(problem -> "mended: " + problem).toList(), left);
    problems = left;
    return report;
  }

  @Override
  public List<MountedVolume> mounts() {
    return mounts;
  }

  @Override
  public boolean isDead(MountedVolume mount) {
    return true;
  }

  @Override
  public boolean isOwn(MountedVolume mount) {
    return true;
  }

  @Override
  public boolean isOfOwner(MountedVolume mount, Path store) {
    return true;
  }

  @Override
  public boolean hasNoVolume(Path store) {
    return daemon(store).isEmpty() && stores.get(store).volumes().isEmpty();
  }

  /** The device is the mount point: there is no other mount of it. */
  static MountedVolume mounted(Path mountPoint, Path store, String volume) {
    return new MountedVolume(mountPoint, store, volume, mountPoint.toString(), -1);
  }

  @Override
  public String volumeName(MountedVolume mount) {
    return renamed.getOrDefault(mount.volume(), mount.volume());
  }

  @Override
  public int mount(
      Path store,
      MountRequest request,
      DaemonSettings settings,
      boolean foreground,
      Consumer<MountReport> mounted)
      throws IOException {
    MountReport report = Objects.requireNonNull(stores.get(store)).mount(request);
    mounts.add(mounted(Path.of(report.mountPoint()), store, report.volume()));
    mounted.accept(report);
    return ExitStatus.OK;
  }

  @Override
  public void unmount(MountedVolume mount, boolean lazy) throws IOException {
    Objects.requireNonNull(stores.get(mount.store())).umount(mount.mountPoint(), lazy);
    mounts.remove(mount);
  }
}
