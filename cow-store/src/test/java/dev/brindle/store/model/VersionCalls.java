package dev.brindle.store.model;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.VolumeInfo;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Concurrent calls on volumes, snapshots and clones as wholes. */
final class VersionCalls {
  /** For the model when the store refused to give a number. */
  private static final long NO_NUMBER = Long.MAX_VALUE;

  private VersionCalls() {}

  static ConcurrentCall<VolumeInfo, ModelVolume> create(Name name) {
    return new ConcurrentCall<>(
        "create volume " + name,
        store -> store.createVolume(name, 0, 0),
        (model, found) -> {
          model.createVolume(id(found), name, 0, 0);
          return model.volume(id(found));
        },
        VersionCalls::compare);
  }

  static ConcurrentCall<?, ?> snapshot(ConcurrentOperands operands) {
    return snapshot(operands.volume().id(), operands.versionName());
  }

  static ConcurrentCall<SnapshotInfo, ModelSnapshot> snapshot(long volume, Name name) {
    return new ConcurrentCall<>(
        "snapshot %d %s".formatted(volume, name),
        store -> store.createSnapshot(volume, name),
        (model, found) -> {
          long version = found == null ? NO_NUMBER : found.version();
          model.createSnapshot(version, volume, name);
          return model.snapshot(version);
        },
        VersionCalls::compare);
  }

  static ConcurrentCall<?, ?> deleteSnapshot(ConcurrentOperands operands) {
    long version = operands.snapshot();
    return new ConcurrentCall<Boolean, Boolean>(
        "delete snapshot " + version,
        store -> {
          store.deleteSnapshot(version);
          return true;
        },
        (model, found) -> {
          model.deleteSnapshot(version);
          return true;
        },
        (expected, found) -> {});
  }

  static ConcurrentCall<?, ?> renameSnapshot(ConcurrentOperands operands) {
    long version = operands.snapshot();
    Name name = operands.versionName();
    return new ConcurrentCall<SnapshotInfo, ModelSnapshot>(
        "rename snapshot %d to %s".formatted(version, name),
        store -> store.renameSnapshot(version, name),
        (model, found) -> {
          model.renameSnapshot(version, name);
          return model.snapshot(version);
        },
        VersionCalls::compare);
  }

  static ConcurrentCall<?, ?> snapshots(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    return new ConcurrentCall<Map<Long, Name>, Map<Long, Name>>(
        "snapshots of " + volume,
        store -> {
          Map<Long, Name> names = new TreeMap<>();
          store.snapshots(volume).forEach(info -> names.put(info.version(), info.name()));
          return names;
        },
        (model, found) -> {
          Map<Long, Name> names = new TreeMap<>();
          model.volume(volume);
          model.state().snapshotsOf(volume).forEach(s -> names.put(s.version(), s.name()));
          return names;
        },
        (expected, found) -> InodeComparison.equal("snapshots", expected, found));
  }

  static ConcurrentCall<?, ?> cloneVolume(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    Name name = operands.versionName();
    return new ConcurrentCall<VolumeInfo, ModelVolume>(
        "clone %d as %s".formatted(volume, name),
        store -> store.cloneVolume(volume, name),
        (model, found) -> {
          model.cloneVolume(id(found), volume, name);
          return model.volume(id(found));
        },
        VersionCalls::compare);
  }

  static ConcurrentCall<?, ?> cloneSnapshot(ConcurrentOperands operands) {
    long version = operands.snapshot();
    Name name = operands.versionName();
    return new ConcurrentCall<VolumeInfo, ModelVolume>(
        "clone snapshot %d as %s".formatted(version, name),
        store -> store.cloneSnapshot(version, name),
        (model, found) -> {
          model.cloneSnapshot(id(found), version, name);
          return model.volume(id(found));
        },
        VersionCalls::compare);
  }

  static ConcurrentCall<?, ?> clones(ConcurrentOperands operands) {
    long volume = operands.volume().id();
    return new ConcurrentCall<Map<Long, Name>, Map<Long, Name>>(
        "clones of " + volume,
        store -> {
          Map<Long, Name> names = new TreeMap<>();
          store.clones(volume).forEach(info -> names.put(info.id(), info.name()));
          return names;
        },
        (model, found) -> {
          Map<Long, Name> names = new TreeMap<>();
          model.volume(volume);
          model.state().volumesIn(volume).forEach(v -> names.put(v.id(), v.name()));
          return names;
        },
        (expected, found) -> InodeComparison.equal("clones", expected, found));
  }

  static ConcurrentCall<?, ?> renameVolume(ConcurrentOperands operands) {
    long volume = operands.anyVolume().id();
    Name name = operands.versionName();
    return new ConcurrentCall<VolumeInfo, ModelVolume>(
        "rename volume %d to %s".formatted(volume, name),
        store -> store.renameVolume(volume, name),
        (model, found) -> {
          model.renameVolume(volume, name);
          return model.volume(volume);
        },
        VersionCalls::compare);
  }

  /** Seldom the first volume, which most calls are about. */
  static ConcurrentCall<?, ?> deleteVolume(ConcurrentOperands operands) {
    ModelVolume volume = operands.anyVolume();
    if (volume.id() == operands.main().id() && !operands.oneIn(4)) {
      return clones(operands);
    }
    return deleteVolume(volume.id(), operands.oneOf(CloneDisposition.values()));
  }

  static ConcurrentCall<Boolean, Boolean> deleteVolume(long volume, CloneDisposition clones) {
    return new ConcurrentCall<>(
        "delete volume %d, its clones: %s".formatted(volume, clones),
        store -> {
          store.deleteVolume(volume, clones);
          return true;
        },
        (model, found) -> {
          model.deleteVolume(volume, clones);
          return true;
        },
        (expected, found) -> {});
  }

  static ConcurrentCall<?, ?> volume(ConcurrentOperands operands) {
    long volume = operands.anyVolume().id();
    return new ConcurrentCall<VolumeInfo, ModelVolume>(
        "volume " + volume,
        store -> store.volume(volume),
        (model, found) -> model.volume(volume),
        VersionCalls::compare);
  }

  private static long id(@Nullable VolumeInfo found) {
    return found == null ? NO_NUMBER : found.id();
  }

  private static void compare(ModelVolume expected, VolumeInfo found) {
    InodeComparison.equal("volume", expected.id(), found.id());
    InodeComparison.equal("name", expected.name(), found.name());
    long parent = found.parentVolume() == null ? 0 : found.parentVolume();
    InodeComparison.equal("parent", expected.parent(), parent);
  }

  private static void compare(ModelSnapshot expected, SnapshotInfo found) {
    InodeComparison.equal("version", expected.version(), found.version());
    InodeComparison.equal("volume", expected.volume(), found.volume());
    InodeComparison.equal("name", expected.name(), found.name());
  }
}
