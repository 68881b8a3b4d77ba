package dev.brindle.cli;

import dev.brindle.daemon.control.ControlErrorCode;
import dev.brindle.daemon.control.ControlException;
import dev.brindle.daemon.control.DaemonControl;
import dev.brindle.daemon.control.DaemonReport;
import dev.brindle.daemon.control.DamageReport;
import dev.brindle.daemon.control.DiffLine;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.control.MountRequest;
import dev.brindle.daemon.control.SnapshotReport;
import dev.brindle.daemon.control.SpaceReport;
import dev.brindle.daemon.control.StatusReport;
import dev.brindle.daemon.control.TreeReference;
import dev.brindle.daemon.control.VolumeReport;
import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Difference;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.RecoveryReport;
import dev.brindle.store.StoreStatus;
import dev.brindle.store.Timestamp;
import dev.brindle.store.scrub.ScrubStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** A store, and its daemon, that keep everything in memory: names, and no files. */
@NullMarked
final class FakeStore implements DaemonControl {
  static final Timestamp TIME = new Timestamp(1_700_000_000L, 0);

  private final Path directory;
  private final TreeMap<String, VolumeReport> volumes = new TreeMap<>();
  private final List<SnapshotReport> snapshots = new ArrayList<>();
  final List<MountReport> mounts = new ArrayList<>();
  final List<String> diffs = new ArrayList<>();
  final List<DiffLine> differences = new ArrayList<>();
  int reclaimed;
  long scrubRate = -1;
  ScrubStatus scrub = ScrubStatus.neverRun();
  final List<DamageReport> damages = new ArrayList<>();
  @Nullable RecoveryReport recovery;
  private long lastNumber;

  FakeStore(Path directory) {
    this.directory = directory;
  }

  @Override
  public StatusReport status() {
    StoreStatus status =
        new StoreStatus("id-1", 1, 2, 4096, 8192, 16384, 0, 3, 0, null, null, recovery, List.of());
    DaemonReport daemon = new DaemonReport(42, TIME, "17", 1 << 20, 1 << 29, List.copyOf(mounts));
    return new StatusReport("1.0", directory.toString(), directory + "/daemon.log", status, daemon);
  }

  @Override
  public List<VolumeReport> volumes() {
    return List.copyOf(volumes.values());
  }

  @Override
  public VolumeReport createVolume(String name) throws IOException {
    return add(name, name, null, null);
  }

  private VolumeReport add(
      String fullName, String name, @Nullable String parent, @Nullable String origin)
      throws IOException {
    if (volumes.containsKey(fullName)) {
      throw new FileSystemException(Errno.EEXIST, "volume " + fullName + " exists already");
    }
    VolumeReport volume = new VolumeReport(++lastNumber, name, fullName, parent, origin, TIME);
    volumes.put(fullName, volume);
    return volume;
  }

  @Override
  public VolumeReport renameVolume(String volume, String newName) throws IOException {
    VolumeReport old = find(volume);
    volumes.remove(volume);
    String fullName = old.parent() == null ? newName : old.parent() + "/" + newName;
    return add(fullName, newName, old.parent(), old.origin());
  }

  @Override
  public void deleteVolume(String volume, CloneDisposition clones) throws IOException {
    find(volume);
    if (clones == CloneDisposition.REFUSE && !clones(volume).isEmpty()) {
      throw new FileSystemException(Errno.EBUSY, volume + " has clones");
    }
    volumes.keySet().removeIf(name -> name.equals(volume) || name.startsWith(volume + "/"));
  }

  @Override
  public List<SnapshotReport> snapshots(String volume) throws IOException {
    find(volume);
    return snapshots.stream().filter(snapshot -> snapshot.volume().equals(volume)).toList();
  }

  @Override
  public SnapshotReport createSnapshot(String volume, String name) throws IOException {
    find(volume);
    SnapshotReport snapshot = new SnapshotReport(++lastNumber, volume, name, TIME);
    snapshots.add(snapshot);
    return snapshot;
  }

  @Override
  public SnapshotReport renameSnapshot(String volume, String name, String newName)
      throws IOException {
    deleteSnapshot(volume, name);
    return createSnapshot(volume, newName);
  }

  @Override
  public void deleteSnapshot(String volume, String name) throws IOException {
    if (!snapshots.removeIf(s -> s.volume().equals(volume) && s.name().equals(name))) {
      throw new FileSystemException(Errno.ENOENT, "there is no snapshot " + volume + "@" + name);
    }
  }

  @Override
  public List<VolumeReport> clones(String volume) {
    return volumes.values().stream().filter(v -> volume.equals(v.parent())).toList();
  }

  @Override
  public VolumeReport createClone(String volume, @Nullable String snapshot, String name)
      throws IOException {
    find(volume);
    return add(
        volume + "/" + name, name, volume, snapshot == null ? null : volume + "@" + snapshot);
  }

  @Override
  public List<SpaceReport> spaceUsage(@Nullable String volume) {
    List<SpaceReport> rows = new ArrayList<>();
    for (VolumeReport report : volumes.values()) {
      if (volume == null || volume.equals(report.fullName())) {
        rows.add(new SpaceReport(report.fullName(), null, 1 << 20, 4096, 0));
      }
    }
    return rows;
  }

  @Override
  public void diff(TreeReference from, TreeReference to, Consumer<DiffLine> sink) {
    diffs.add(from + " " + to);
    differences.forEach(sink);
  }

  void changed(Difference.Kind kind, String path, @Nullable String oldPath) {
    differences.add(new DiffLine(kind, path, oldPath));
  }

  @Override
  public void sync() {}

  @Override
  public void checkpoint() {}

  @Override
  public void startScrub(long bytesPerSecondMax) {
    scrubRate = bytesPerSecondMax;
  }

  @Override
  public ScrubStatus scrubStatus() {
    return scrub;
  }

  @Override
  public void scrubDamages(Consumer<DamageReport> sink) {
    damages.forEach(sink);
  }

  @Override
  public void stopScrub() {
    scrubRate = -1;
  }

  @Override
  public void reclaim() {
    reclaimed++;
  }

  @Override
  public MountReport mount(MountRequest request) throws IOException {
    if (!volumes.containsKey(request.volume())) {
      throw new ControlException(ControlErrorCode.MOUNT_FAILED, "no volume " + request.volume());
    }
    MountReport mount =
        new MountReport(
            request.volume(),
            request.mountPoint(),
            request.mountPoint(),
            request.options(),
            TIME,
            false);
    mounts.add(mount);
    return mount;
  }

  @Override
  public void umount(Path mountPoint, boolean lazy) throws IOException {
    if (!mounts.removeIf(mount -> mount.mountPoint().equals(mountPoint.toString()))) {
      throw new FileSystemException(Errno.ENOENT, "nothing is mounted at " + mountPoint);
    }
  }

  @Override
  public void close() {}

  private VolumeReport find(String volume) throws IOException {
    VolumeReport found = volumes.get(volume);
    if (found == null) {
      throw new FileSystemException(Errno.ENOENT, "there is no volume " + volume);
    }
    return found;
  }
}
