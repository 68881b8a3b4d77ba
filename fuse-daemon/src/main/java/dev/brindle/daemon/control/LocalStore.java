package dev.brindle.daemon.control;

import dev.brindle.namespace.KernelCache;
import dev.brindle.namespace.LastClose;
import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.SpaceUsage;
import dev.brindle.store.Store;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.scrub.DamagedFile;
import dev.brindle.store.scrub.ScrubStatus;
import dev.brindle.store.scrub.Scrubber;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The verbs on an open store. Refusals that carry no sentence yet get one that names what was asked
 * for. The store belongs to whoever opened it, unless {@link #owning} made this.
 */
public final class LocalStore implements StoreControl {
  private final Store store;
  private final KernelCache kernelCache;
  private final boolean closesStore;
  private final Scrubber scrubber;

  private LocalStore(Store store, KernelCache kernelCache, boolean closesStore) {
    this.store = store;
    this.kernelCache = kernelCache;
    this.closesStore = closesStore;
    this.scrubber = new Scrubber(store.parts());
  }

  /**
   * Works on a store that is mounted and that the caller closes.
   *
   * @param kernelCache is written back before a volume is frozen
   */
  public static LocalStore on(Store store, KernelCache kernelCache) {
    return new LocalStore(store, kernelCache, false);
  }

  /** Works on a store that is mounted nowhere and closes it in {@link #close}. */
  public static LocalStore owning(Store store) {
    return new LocalStore(store, KernelCache.NONE, true);
  }

  @Override
  public StatusReport status() throws IOException {
    return new StatusReport(
        BrindleVersion.text(),
        store.directory().toString(),
        store.directory().resolve(ControlAddress.LOG_FILE).toString(),
        store.status(),
        null);
  }

  @Override
  public List<VolumeReport> volumes() throws IOException {
    return reports(store.volumes());
  }

  @Override
  public VolumeReport createVolume(String name) throws IOException {
    int uid = (Integer) Files.getAttribute(store.directory(), "unix:uid");
    int gid = (Integer) Files.getAttribute(store.directory(), "unix:gid");
    return explained(
        "volume " + name, () -> report(store.createVolume(NameText.name(name), uid, gid)));
  }

  @Override
  public VolumeReport renameVolume(String volume, String newName) throws IOException {
    VolumeInfo found = find(volume);
    return explained(
        "volume " + newName,
        () ->
            report(store.renameVolume(found.id(), now -> isStill(found), NameText.name(newName))));
  }

  @Override
  public void deleteVolume(String volume, CloneDisposition clones) throws IOException {
    VolumeInfo found = find(volume);
    explained(
        "volume " + volume,
        () -> {
          LastClose.await(() -> store.deleteVolume(found.id(), now -> isStill(found), clones));
          return true;
        });
  }

  @Override
  public List<SnapshotReport> snapshots(String volume) throws IOException {
    VolumeInfo found = find(volume);
    List<SnapshotReport> reports = new ArrayList<>();
    for (SnapshotInfo snapshot : store.snapshots(found.id())) {
      reports.add(report(found, snapshot));
    }
    return reports;
  }

  @Override
  public SnapshotReport createSnapshot(String volume, String name) throws IOException {
    VolumeInfo found = find(volume);
    kernelCache.writeBack();
    return explained(
        snapshotText(volume, name),
        () -> report(found, store.createSnapshot(found.id(), NameText.name(name))));
  }

  @Override
  public SnapshotReport renameSnapshot(String volume, String name, String newName)
      throws IOException {
    VolumeInfo found = find(volume);
    SnapshotInfo snapshot = find(found, name);
    return explained(
        snapshotText(volume, newName),
        () ->
            report(
                found,
                store.renameSnapshot(
                    snapshot.version(), isStill(found, snapshot), NameText.name(newName))));
  }

  @Override
  public void deleteSnapshot(String volume, String name) throws IOException {
    VolumeInfo found = find(volume);
    SnapshotInfo snapshot = find(found, name);
    explained(
        snapshotText(volume, name),
        () -> {
          LastClose.await(() -> store.deleteSnapshot(snapshot.version(), isStill(found, snapshot)));
          return true;
        });
  }

  @Override
  public List<VolumeReport> clones(String volume) throws IOException {
    return reports(store.clones(find(volume).id()));
  }

  @Override
  public VolumeReport createClone(String volume, @Nullable String snapshot, String name)
      throws IOException {
    VolumeInfo found = find(volume);
    Name cloneName = NameText.name(name);
    String what = "clone " + volume + "/" + name;
    if (snapshot == null) {
      kernelCache.writeBack();
      return explained(what, () -> report(store.cloneVolume(found.id(), cloneName)));
    }
    SnapshotInfo origin = find(found, snapshot);
    return explained(what, () -> report(store.cloneSnapshot(origin.version(), cloneName)));
  }

  @Override
  public List<SpaceReport> spaceUsage(@Nullable String volume) throws IOException {
    @Nullable Long only = volume == null ? null : (Long) find(volume).id();
    List<SpaceReport> reports = new ArrayList<>();
    for (SpaceUsage usage : store.spaceUsage()) {
      if (only == null || only == usage.volume().id()) {
        SnapshotInfo snapshot = usage.snapshot();
        reports.add(
            new SpaceReport(
                usage.volume().fullName(),
                snapshot == null ? null : NameText.of(snapshot.name()),
                usage.refer(),
                usage.used(),
                usage.written()));
      }
    }
    return reports;
  }

  @Override
  public void diff(TreeReference from, TreeReference to, Consumer<DiffLine> sink)
      throws IOException {
    if (from.snapshot() == null || to.snapshot() == null) {
      kernelCache.writeBack();
    }
    store.diff(
        open(from),
        open(to),
        difference -> {
          Name oldPath = difference.oldPath();
          sink.accept(
              new DiffLine(
                  difference.kind(),
                  NameText.of(difference.path()),
                  oldPath == null ? null : NameText.of(oldPath)));
        });
  }

  @Override
  public void sync() throws IOException {
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
    scrubber.start(bytesPerSecondMax, !closesStore);
  }

  @Override
  public ScrubStatus scrubStatus() {
    return scrubber.status();
  }

  @Override
  public void scrubDamages(Consumer<DamageReport> sink) {
    for (DamagedFile file : scrubber.files()) {
      Name snapshot = file.snapshot();
      Name path = file.path();
      sink.accept(
          new DamageReport(
              file.volume(),
              snapshot == null ? null : NameText.of(snapshot),
              path == null ? null : NameText.of(path),
              file.inode(),
              file.offset(),
              file.length(),
              file.cause()));
    }
    for (String sentence : scrubber.others()) {
      sink.accept(new DamageReport(null, null, null, 0, 0, 0, sentence));
    }
  }

  @Override
  public void stopScrub() {
    scrubber.stop();
  }

  @Override
  public void close() throws IOException {
    scrubber.stop();
    if (closesStore) {
      store.close();
    }
  }

  private FileTree open(TreeReference reference) throws IOException {
    VolumeInfo volume = find(reference.volume());
    String snapshot = reference.snapshot();
    return snapshot == null
        ? store.open(volume.id())
        : store.openSnapshot(find(volume, snapshot).version());
  }

  private VolumeInfo find(String volume) throws IOException {
    return explained("volume " + volume, () -> store.volume(volume));
  }

  private SnapshotInfo find(VolumeInfo volume, String name) throws IOException {
    return store
        .snapshot(volume.id(), NameText.name(name))
        .orElseThrow(
            () ->
                new FileSystemException(
                    Errno.ENOENT, "there is no " + snapshotText(volume.fullName(), name)));
  }

  /** Whether a volume still has the full name that it was found by. */
  private boolean isStill(VolumeInfo found) {
    return store.volumes().stream()
        .anyMatch(now -> now.id() == found.id() && now.fullName().equals(found.fullName()));
  }

  private Predicate<SnapshotInfo> isStill(VolumeInfo volume, SnapshotInfo found) {
    return now -> now.name().equals(found.name()) && isStill(volume);
  }

  private List<VolumeReport> reports(List<VolumeInfo> volumes) throws IOException {
    Map<Long, String> origins = new HashMap<>();
    if (volumes.stream().anyMatch(volume -> volume.origin() != null)) {
      origins = snapshotNames();
    }
    List<VolumeReport> reports = new ArrayList<>();
    for (VolumeInfo volume : volumes) {
      reports.add(report(volume, origins));
    }
    return reports;
  }

  private VolumeReport report(VolumeInfo volume) throws IOException {
    return reports(List.of(volume)).get(0);
  }

  private VolumeReport report(VolumeInfo volume, Map<Long, String> origins) throws IOException {
    Long parent = volume.parentVolume();
    return new VolumeReport(
        volume.id(),
        NameText.of(volume.name()),
        volume.fullName(),
        parent == null ? null : store.volume(parent).fullName(),
        origins.get(volume.origin()),
        volume.created());
  }

  /** The name of each snapshot of the store, by its version. */
  private Map<Long, String> snapshotNames() throws IOException {
    Map<Long, String> names = new HashMap<>();
    for (VolumeInfo volume : store.volumes()) {
      for (SnapshotInfo snapshot : store.snapshots(volume.id())) {
        names.put(snapshot.version(), volume.fullName() + "@" + NameText.of(snapshot.name()));
      }
    }
    return names;
  }

  private static SnapshotReport report(VolumeInfo volume, SnapshotInfo snapshot) {
    return new SnapshotReport(
        snapshot.version(), volume.fullName(), NameText.of(snapshot.name()), snapshot.created());
  }

  private static String snapshotText(String volume, String name) {
    return "snapshot " + volume + "@" + name;
  }

  private interface Action<T> {
    T run() throws IOException;
  }

  /** Runs an action; a refusal without a sentence of its own gets one. */
  private static <T> T explained(String what, Action<T> action) throws IOException {
    try {
      return action.run();
    } catch (FileSystemException e) {
      if (!Objects.equals(e.getMessage(), e.errno().name())) {
        throw e;
      }
      throw new FileSystemException(e.errno(), Refusals.sentence(e.errno(), what));
    }
  }
}
