package dev.brindle.daemon;

import dev.brindle.daemon.control.DaemonControl;
import dev.brindle.daemon.control.DaemonReport;
import dev.brindle.daemon.control.DamageReport;
import dev.brindle.daemon.control.DiffLine;
import dev.brindle.daemon.control.LocalStore;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.control.MountRequest;
import dev.brindle.daemon.control.SnapshotReport;
import dev.brindle.daemon.control.SpaceReport;
import dev.brindle.daemon.control.StatusReport;
import dev.brindle.daemon.control.TreeReference;
import dev.brindle.daemon.control.VolumeReport;
import dev.brindle.store.CloneDisposition;
import dev.brindle.store.StoreStatus;
import dev.brindle.store.Timestamp;
import dev.brindle.store.scrub.ScrubStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the control socket can ask: the store's verbs, and the mounts. */
final class DaemonCommands implements DaemonControl {
  private final LocalStore store;
  private final MountRegistry mounts;
  private final Timestamp started = Timestamp.now();

  DaemonCommands(LocalStore store, MountRegistry mounts) {
    this.store = store;
    this.mounts = mounts;
  }

  @Override
  public MountReport mount(MountRequest request) throws IOException {
    return mounts.mount(request);
  }

  /** What was written through the mount is durable on return, or when the daemon has ended. */
  @Override
  public void umount(Path mountPoint, boolean lazy) throws IOException {
    if (!lazy) {
      refuseLoss(mountPoint);
    }
    mounts.umount(mountPoint, lazy);
    if (!isEnding()) {
      store.sync();
    }
  }

  /** What the host does not take, for a quota or a lack of inodes, would go with the daemon. */
  private void refuseLoss(Path mountPoint) throws IOException {
    try {
      store.sync();
    } catch (IOException e) {
      StoreStatus left = store.status().store();
      if (left.readOnlyReason() == null && left.dirtyBytes() > 0) {
        throw new IOException(
            ("%s stays mounted: what was written there cannot be saved (%s). Make room on the host's"
                    + " disk and try again, or give it up: brindle umount --lazy %s")
                .formatted(mountPoint, e.getMessage(), mountPoint),
            e);
      }
    }
  }

  @Override
  public boolean isEnding() {
    return mounts.isClosed();
  }

  @Override
  public StatusReport status() throws IOException {
    Runtime runtime = Runtime.getRuntime();
    return store
        .status()
        .withDaemon(
            new DaemonReport(
                ProcessHandle.current().pid(),
                started,
                Runtime.version().toString(),
                runtime.totalMemory() - runtime.freeMemory(),
                runtime.maxMemory(),
                mounts.reports()));
  }

  @Override
  public List<VolumeReport> volumes() throws IOException {
    return store.volumes();
  }

  @Override
  public VolumeReport createVolume(String name) throws IOException {
    return store.createVolume(name);
  }

  @Override
  public VolumeReport renameVolume(String volume, String newName) throws IOException {
    return store.renameVolume(volume, newName);
  }

  @Override
  public void deleteVolume(String volume, CloneDisposition clones) throws IOException {
    store.deleteVolume(volume, clones);
  }

  @Override
  public List<SnapshotReport> snapshots(String volume) throws IOException {
    return store.snapshots(volume);
  }

  @Override
  public SnapshotReport createSnapshot(String volume, String name) throws IOException {
    return store.createSnapshot(volume, name);
  }

  @Override
  public SnapshotReport renameSnapshot(String volume, String name, String newName)
      throws IOException {
    return store.renameSnapshot(volume, name, newName);
  }

  @Override
  public void deleteSnapshot(String volume, String name) throws IOException {
    store.deleteSnapshot(volume, name);
  }

  @Override
  public List<VolumeReport> clones(String volume) throws IOException {
    return store.clones(volume);
  }

  @Override
  public VolumeReport createClone(String volume, @Nullable String snapshot, String name)
      throws IOException {
    return store.createClone(volume, snapshot, name);
  }

  @Override
  public List<SpaceReport> spaceUsage(@Nullable String volume) throws IOException {
    return store.spaceUsage(volume);
  }

  @Override
  public void diff(TreeReference from, TreeReference to, Consumer<DiffLine> sink)
      throws IOException {
    store.diff(from, to, sink);
  }

  @Override
  public void sync() throws IOException {
    mounts.kernelCaches().writeBack();
    store.sync();
  }

  @Override
  public void checkpoint() throws IOException {
    store.checkpoint();
  }

  @Override
  public void reclaim() throws IOException {
    store.reclaim();
  }

  @Override
  public void startScrub(long bytesPerSecondMax) throws IOException {
    store.startScrub(bytesPerSecondMax);
  }

  @Override
  public ScrubStatus scrubStatus() {
    return store.scrubStatus();
  }

  @Override
  public void scrubDamages(Consumer<DamageReport> sink) {
    store.scrubDamages(sink);
  }

  @Override
  public void stopScrub() {
    store.stopScrub();
  }

  /** Ends what works on the store, which its owner closes. */
  @Override
  public void close() throws IOException {
    store.close();
  }
}
