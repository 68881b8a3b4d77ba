package dev.brindle.store.model;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Difference;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.SpaceUsage;
import dev.brindle.store.Timestamp;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The model in the role of a store under test: shows that the tests pass for a store that is right,
 * and, with a planted {@link Bug}, that they fail for one that is not. One lock is around each
 * call.
 */
final class FakeStore implements VersionedStore, Subject {
  /** What a {@code FakeStore} does wrong. */
  enum Bug {
    NONE,
    /** A crash loses what was fsynced. */
    FSYNC_IS_FORGOTTEN,
    /** A crash keeps a size and loses the data. */
    SIZE_WITHOUT_DATA,
    /** A crash undoes one operation in the middle and keeps later ones. */
    CRASH_LOSES_THE_MIDDLE,
    /** A cut file that grows again shows its old bytes. */
    TRUNCATION_KEEPS_BYTES,
    /** A write to a volume is seen in its newest snapshot. */
    SNAPSHOT_CHANGES,
    /** A rename onto a file does not count its links down. */
    RENAME_FORGETS_LINK_COUNT,
    /** A listing that goes on skips an entry. */
    COOKIES_SKIP,
    /** rmdir of a directory with entries succeeds. */
    RMDIR_ANYTHING,
    /** A write does not set the modification time. */
    WRITE_WITHOUT_TIME,
    /** A copy from the middle of a block begins at the block's beginning. */
    COPY_ALIGNS,
    /** A deleted volume's clone goes with it, though it was detached. */
    DETACH_DELETES,
    /** A name is found to be free, and taken later: whoever took it in between loses it. */
    CREATE_IN_TWO_STEPS,
    /** A file is made, and held later: whoever removes its name in between takes it along. */
    CREATE_HELD_IN_TWO_STEPS,
    /** What a rename replaces goes first, and its name is missing until the rename. */
    RENAME_IN_TWO_STEPS,
    /** The end of the file is found, and written to later. */
    APPEND_IN_TWO_STEPS,
    /** A version is found by its name, and deleted later, whatever its name is then. */
    DELETE_IN_TWO_STEPS,
    /** A range is read, and written later. */
    COPY_IN_TWO_STEPS,
    /** A listing shows one entry as it was, and the others as they are later. */
    LIST_IN_TWO_STEPS
  }

  final ModelStore model = new ModelStore();
  final Bug bug;
  private final Map<Long, Long> heads = new HashMap<>();
  private final Map<Long, Long> origins = new HashMap<>();
  private final List<ModelState> history = new ArrayList<>();
  private ModelState durable = ModelState.EMPTY;
  private long lastNumber;

  FakeStore(Bug bug) {
    this.bug = bug;
  }

  /** Runs an operation of the model by the rules of the public API. */
  synchronized <T> T call(Supplier<T> operation) throws IOException {
    model.at(ModelTime.exactly(Timestamp.now()));
    try {
      return operation.get();
    } catch (Refused refused) {
      throw new FileSystemException(refused.first());
    }
  }

  synchronized <T> T change(Supplier<T> operation) throws IOException {
    T result = call(operation);
    history.add(model.state());
    return result;
  }

  /** What another thread may do between two steps of a planted bug. */
  void betweenSteps() {
    LockSupport.parkNanos(50_000);
  }

  synchronized void durable() {
    if (bug != Bug.FSYNC_IS_FORGOTTEN) {
      durable = model.state();
      history.clear();
    }
  }

  /** A change of the volumes or snapshots. */
  private <T> T durably(Supplier<T> operation) throws IOException {
    T result = change(operation);
    durable();
    return result;
  }

  @Override
  public VersionedStore store() {
    return this;
  }

  @Override
  public synchronized void reopen() {
    durable = model.state();
    history.clear();
    model.reset(model.state());
  }

  @Override
  public synchronized void crash(long seed) {
    ModelState back =
        history.isEmpty() || (seed & 1) == 0
            ? durable
            : history.get((int) Long.remainderUnsigned(seed, history.size()));
    if (bug == Bug.SIZE_WITHOUT_DATA) {
      back = withoutData(back);
    }
    if (bug == Bug.CRASH_LOSES_THE_MIDDLE && history.size() > 4) {
      back = withOldVolume(model.state(), history.get(history.size() / 2));
    }
    model.reset(back);
    durable = model.state();
    history.clear();
  }

  private ModelState withoutData(ModelState state) {
    ModelState result = state;
    for (Map.Entry<Long, ModelVolume> entry : state.volumes()) {
      TreeState tree = entry.getValue().tree();
      ModelVolume old = durable.volumes().get(entry.getKey());
      for (Map.Entry<Long, ModelInode> file : tree.inodes()) {
        boolean fresh = old == null || !old.tree().inodes().containsKey(file.getKey());
        if (fresh && file.getValue().isRegular()) {
          SparseBytes hole = SparseBytes.EMPTY.resize(file.getValue().size());
          tree = tree.with(file.getValue().withContent(hole));
        }
      }
      result = result.with(entry.getValue().withTree(tree));
    }
    return result;
  }

  private static ModelState withOldVolume(ModelState state, ModelState old) {
    ModelVolume first = old.volumes().at(0).getValue();
    return state.volumes().containsKey(first.id()) ? state.with(first) : state;
  }

  @Override
  public synchronized List<VolumeInfo> volumes() {
    List<VolumeInfo> result = new ArrayList<>();
    model.state().volumes().forEach(entry -> result.add(info(entry.getKey())));
    return result;
  }

  private VolumeInfo info(long id) {
    ModelVolume volume = model.volume(id);
    return new VolumeInfo(
        id,
        volume.name(),
        model.state().fullName(id),
        volume.parent() == 0 ? null : volume.parent(),
        heads.get(id),
        origins.get(id),
        new Timestamp(0, 0));
  }

  @Override
  public VolumeInfo volume(long id) throws IOException {
    return call(() -> info(id));
  }

  @Override
  public VolumeInfo volume(String fullName) throws IOException {
    return volumes().stream()
        .filter(volume -> volume.fullName().equals(fullName))
        .findFirst()
        .orElseThrow(() -> new FileSystemException(Errno.ENOENT));
  }

  @Override
  public WritableFileTree open(long volume) throws IOException {
    call(() -> model.volume(volume));
    return new FakeTree(this, volume);
  }

  @Override
  public FileTree openSnapshot(long version) throws IOException {
    call(() -> model.snapshot(version));
    return new FakeTree(this, version);
  }

  synchronized long version(long treeId) {
    return heads.getOrDefault(treeId, treeId);
  }

  private VolumeInfo created(long id) {
    heads.put(id, ++lastNumber);
    return info(id);
  }

  @Override
  public VolumeInfo createVolume(Name name, int uid, int gid) throws IOException {
    return durably(
        () -> {
          model.createVolume(lastNumber + 1, name, uid, gid);
          return created(++lastNumber);
        });
  }

  @Override
  public VolumeInfo renameVolume(long volume, Predicate<VolumeInfo> condition, Name newName)
      throws IOException {
    return durably(
        () -> {
          Refused.when(!condition.test(info(volume)), Errno.ENOENT).check();
          model.renameVolume(volume, newName);
          return info(volume);
        });
  }

  @Override
  public void deleteVolume(long volume, Predicate<VolumeInfo> condition, CloneDisposition clones)
      throws IOException {
    boolean wrong = bug == Bug.DETACH_DELETES && clones == CloneDisposition.DETACH;
    durably(
        () -> {
          Refused.when(!condition.test(info(volume)), Errno.ENOENT).check();
          model.deleteVolume(volume, wrong ? CloneDisposition.DELETE : clones);
          return true;
        });
  }

  @Override
  public synchronized List<SnapshotInfo> snapshots(long volume) throws IOException {
    call(() -> model.volume(volume));
    return model.state().snapshotsOf(volume).stream().map(FakeStore::info).toList();
  }

  private static SnapshotInfo info(ModelSnapshot snapshot) {
    return new SnapshotInfo(
        snapshot.version(), snapshot.volume(), snapshot.name(), new Timestamp(0, 0));
  }

  @Override
  public SnapshotInfo createSnapshot(long volume, Name name) throws IOException {
    return durably(
        () -> {
          long version = model.volume(volume) == null ? 0 : heads.get(volume);
          model.createSnapshot(version, volume, name);
          heads.put(volume, ++lastNumber);
          return info(model.snapshot(version));
        });
  }

  @Override
  public SnapshotInfo renameSnapshot(long version, Predicate<SnapshotInfo> condition, Name newName)
      throws IOException {
    return durably(
        () -> {
          Refused.when(!condition.test(info(model.snapshot(version))), Errno.ENOENT).check();
          model.renameSnapshot(version, newName);
          return info(model.snapshot(version));
        });
  }

  @Override
  public void deleteSnapshot(long version, Predicate<SnapshotInfo> condition) throws IOException {
    boolean blind = bug == Bug.DELETE_IN_TWO_STEPS;
    if (blind) {
      betweenSteps();
    }
    durably(
        () -> {
          boolean right = blind || condition.test(info(model.snapshot(version)));
          Refused.when(!right, Errno.ENOENT).check();
          model.deleteSnapshot(version);
          return true;
        });
  }

  @Override
  public synchronized List<VolumeInfo> clones(long volume) throws IOException {
    call(() -> model.volume(volume));
    return model.state().volumesIn(volume).stream().map(clone -> info(clone.id())).toList();
  }

  @Override
  public VolumeInfo cloneVolume(long volume, Name name) throws IOException {
    return durably(
        () -> {
          model.cloneVolume(lastNumber + 1, volume, name);
          return created(++lastNumber);
        });
  }

  @Override
  public VolumeInfo cloneSnapshot(long version, Name name) throws IOException {
    return durably(
        () -> {
          model.cloneSnapshot(lastNumber + 1, version, name);
          origins.put(lastNumber + 1, version);
          return created(++lastNumber);
        });
  }

  @Override
  public List<SpaceUsage> spaceUsage() {
    return List.of();
  }

  @Override
  public void diff(FileTree from, FileTree to, Consumer<Difference> sink) {
    TreeState before = model.tree(((FakeTree) from).treeId());
    TreeState after = model.tree(((FakeTree) to).treeId());
    DifferenceRule.expected(before, after).forEach(sink);
  }

  @Override
  public void sync() {
    durable();
  }

  @Override
  public void checkpoint() {
    durable();
  }

  @Override
  public void reclaim() {}

  @Override
  public List<String> problems(boolean readData) {
    return List.of();
  }

  @Override
  public long liveBytes() {
    return 0;
  }

  @Override
  public void close() {}
}
