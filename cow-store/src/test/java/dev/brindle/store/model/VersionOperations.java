package dev.brindle.store.model;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Name;
import dev.brindle.store.VolumeInfo;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations on volumes, snapshots and clones. */
final class VersionOperations {
  static final int VOLUMES_MAX = 8;
  static final int SNAPSHOTS_MAX = 25;

  private VersionOperations() {}

  static void createVolume(Lockstep lockstep, Pick pick) throws IOException {
    if (lockstep.state().volumes().size() >= VOLUMES_MAX) {
      deleteVolume(lockstep, pick);
      return;
    }
    createVolume(lockstep, pick.versionName(), pick.owner(), pick.owner());
  }

  static void createVolume(Lockstep lockstep, Name name, int uid, int gid) throws IOException {
    ModelStore model = lockstep.model();
    boolean done =
        lockstep.run(
            "create volume " + name,
            () -> lockstep.store().createVolume(name, uid, gid),
            found -> {
              model.createVolume(id(lockstep, found), name, uid, gid);
              return id(lockstep, found);
            },
            (id, found) -> volume(lockstep, id, found),
            recovered -> recovered.volume(name.toString()));
    namesAreDurable(lockstep, done);
  }

  static void renameVolume(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    Name name = pick.versionName();
    boolean done =
        lockstep.run(
            "rename volume %d to %s".formatted(volume.id(), name),
            () -> lockstep.store().renameVolume(volume.id(), name),
            found -> {
              lockstep.model().renameVolume(volume.id(), name);
              return volume.id();
            },
            (id, found) -> volume(lockstep, id, found));
    namesAreDurable(lockstep, done);
  }

  static void deleteVolume(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    CloneDisposition disposition =
        CloneDisposition.values()[pick.random().nextInt(CloneDisposition.values().length)];
    deleteVolume(lockstep, volume, disposition);
  }

  static void deleteVolume(Lockstep lockstep, ModelVolume volume, CloneDisposition disposition)
      throws IOException {
    boolean done =
        lockstep.run(
            "delete volume %d, its clones: %s".formatted(volume.id(), disposition),
            () -> lockstep.store().deleteVolume(volume.id(), disposition),
            () -> lockstep.model().deleteVolume(volume.id(), disposition));
    namesAreDurable(lockstep, done);
  }

  static void createSnapshot(Lockstep lockstep, Pick pick) throws IOException {
    if (lockstep.state().snapshots().size() >= SNAPSHOTS_MAX) {
      deleteSnapshot(lockstep, pick);
      return;
    }
    createSnapshot(lockstep, pick.volume(), pick.versionName());
  }

  static void createSnapshot(Lockstep lockstep, ModelVolume volume, Name name) throws IOException {
    long headBefore = lockstep.open(volume.id()).version();
    boolean done =
        lockstep.run(
            "snapshot %d %s".formatted(volume.id(), name),
            () -> lockstep.store().createSnapshot(volume.id(), name),
            found -> {
              long version = found == null ? nextNumber(lockstep) : found.version();
              lockstep.model().createSnapshot(version, volume.id(), name);
              return version;
            },
            (version, found) -> {
              InodeComparison.equal("volume", volume.id(), found.volume());
              InodeComparison.equal("name", name, found.name());
            },
            recovered ->
                recovered.snapshots(volume.id()).stream()
                    .filter(snapshot -> snapshot.name().equals(name))
                    .findFirst()
                    .orElse(null));
    if (done) {
      lockstep.history().namesDurable();
      lockstep.history().volumeDurable(volume.id());
      head(lockstep, volume.id(), headBefore);
    }
  }

  static void renameSnapshot(Lockstep lockstep, Pick pick) throws IOException {
    if (!pick.hasSnapshot()) {
      return;
    }
    ModelSnapshot snapshot = pick.snapshot();
    Name name = pick.versionName();
    boolean done =
        lockstep.run(
            "rename snapshot %d to %s".formatted(snapshot.version(), name),
            () -> lockstep.store().renameSnapshot(snapshot.version(), name),
            found -> {
              lockstep.model().renameSnapshot(snapshot.version(), name);
              return name;
            },
            (expected, found) -> InodeComparison.equal("name", expected, found.name()));
    namesAreDurable(lockstep, done);
  }

  static void deleteSnapshot(Lockstep lockstep, Pick pick) throws IOException {
    deleteSnapshot(
        lockstep, pick.hasSnapshot() ? pick.snapshot().version() : nextNumber(lockstep) + 1000);
  }

  static void deleteSnapshot(Lockstep lockstep, long version) throws IOException {
    boolean done =
        lockstep.run(
            "delete snapshot " + version,
            () -> lockstep.store().deleteSnapshot(version),
            () -> lockstep.model().deleteSnapshot(version));
    namesAreDurable(lockstep, done);
  }

  static void cloneVolume(Lockstep lockstep, Pick pick) throws IOException {
    if (lockstep.state().volumes().size() >= VOLUMES_MAX) {
      deleteVolume(lockstep, pick);
      return;
    }
    cloneVolume(lockstep, pick.volume(), pick.versionName());
  }

  static void cloneVolume(Lockstep lockstep, ModelVolume volume, Name name) throws IOException {
    boolean done =
        lockstep.run(
            "clone volume %d as %s".formatted(volume.id(), name),
            () -> lockstep.store().cloneVolume(volume.id(), name),
            found -> {
              lockstep.model().cloneVolume(id(lockstep, found), volume.id(), name);
              return id(lockstep, found);
            },
            (id, found) -> volume(lockstep, id, found),
            recovered -> clone(recovered, volume.id(), name));
    if (done) {
      lockstep.history().namesDurable();
      lockstep.history().volumeDurable(volume.id());
    }
  }

  static void cloneSnapshot(Lockstep lockstep, Pick pick) throws IOException {
    if (!pick.hasSnapshot()) {
      return;
    }
    if (lockstep.state().volumes().size() >= VOLUMES_MAX) {
      deleteVolume(lockstep, pick);
      return;
    }
    cloneSnapshot(lockstep, pick.snapshot(), pick.versionName());
  }

  static void cloneSnapshot(Lockstep lockstep, ModelSnapshot snapshot, Name name)
      throws IOException {
    boolean done =
        lockstep.run(
            "clone snapshot %d as %s".formatted(snapshot.version(), name),
            () -> lockstep.store().cloneSnapshot(snapshot.version(), name),
            found -> {
              lockstep.model().cloneSnapshot(id(lockstep, found), snapshot.version(), name);
              return id(lockstep, found);
            },
            (id, found) -> {
              volume(lockstep, id, found);
              InodeComparison.equal("origin", snapshot.version(), found.origin());
            },
            recovered -> clone(recovered, snapshot.volume(), name));
    namesAreDurable(lockstep, done);
  }

  /** What volumes and snapshots there are, and all before it, is durable when the call returns. */
  private static void namesAreDurable(Lockstep lockstep, boolean done) {
    if (done) {
      lockstep.history().namesDurable();
    }
  }

  /** Compares the differences between two moments of one volume with the model's. */
  static void diff(Lockstep lockstep, Pick pick) throws IOException {
    ModelVolume volume = pick.volume();
    List<ModelSnapshot> snapshots = lockstep.state().snapshotsOf(volume.id());
    if (snapshots.isEmpty()) {
      return;
    }
    long from = snapshots.get(pick.random().nextInt(snapshots.size())).version();
    long to =
        pick.oneIn(2)
            ? volume.id()
            : snapshots.get(pick.random().nextInt(snapshots.size())).version();
    lockstep.note("diff %d to %d".formatted(from, to));
    DifferenceRule.verify(
        lockstep.model().tree(from),
        lockstep.model().tree(to),
        sink -> lockstep.store().diff(lockstep.openTree(from), lockstep.openTree(to), sink));
  }

  private static @Nullable VolumeInfo clone(VersionedStore store, long volume, Name name)
      throws IOException {
    return store.clones(volume).stream()
        .filter(clone -> clone.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static long id(Lockstep lockstep, VolumeInfo found) {
    return found == null ? nextNumber(lockstep) : found.id();
  }

  /** Larger than every number there is: for the model when the store refused to give one. */
  private static long nextNumber(Lockstep lockstep) {
    ModelState state = lockstep.state();
    long volume = state.volumes().isEmpty() ? 0 : state.volumes().last().getKey();
    long version = state.snapshots().isEmpty() ? 0 : state.snapshots().last().getKey();
    return Math.max(volume, version) + 1;
  }

  private static void volume(Lockstep lockstep, long id, VolumeInfo found) {
    ModelVolume expected = lockstep.model().volume(id);
    InodeComparison.equal("name", expected.name(), found.name());
    InodeComparison.equal("full name", lockstep.state().fullName(id), found.fullName());
    InodeComparison.equal(
        "parent", expected.parent(), found.parentVolume() == null ? 0L : found.parentVolume());
  }

  /** A snapshot makes a new head. */
  private static void head(Lockstep lockstep, long volume, long before) throws IOException {
    long head = lockstep.store().volume(volume).head();
    InodeComparison.equal("version of the tree", head, lockstep.open(volume).version());
    if (head <= before) {
      throw new AssertionError("the head's version was " + before + " and is " + head);
    }
  }
}
