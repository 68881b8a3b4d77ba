package dev.brindle.store.model;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.VolumeInfo;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
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
    if (operands.oneIn(2)) {
      return deleteSnapshotNamed(operands.volume().id(), operands.versionName());
    }
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

  /** As {@code rmdir .snapshots/NAME} does it. */
  private static ConcurrentCall<Boolean, Boolean> deleteSnapshotNamed(long volume, Name name) {
    return new ConcurrentCall<>(
        "delete snapshot %s of %d".formatted(name, volume),
        store -> {
          long version = snapshotNamed(store, volume, name);
          store.deleteSnapshot(version, now -> now.name().equals(name));
          return true;
        },
        (model, found) -> {
          model.deleteSnapshot(snapshotNamed(model, volume, name));
          return true;
        },
        (expected, found) -> {});
  }

  /** As {@code mv .snapshots/NAME .snapshots/NEW} does it. */
  private static ConcurrentCall<SnapshotInfo, ModelSnapshot> renameSnapshotNamed(
      long volume, Name name, Name newName) {
    return new ConcurrentCall<>(
        "rename snapshot %s of %d to %s".formatted(name, volume, newName),
        store -> {
          long version = snapshotNamed(store, volume, name);
          return store.renameSnapshot(version, now -> now.name().equals(name), newName);
        },
        (model, found) -> {
          long version = snapshotNamed(model, volume, name);
          model.renameSnapshot(version, newName);
          return model.snapshot(version);
        },
        VersionCalls::compare);
  }

  private static long snapshotNamed(VersionedStore store, long volume, Name name)
      throws IOException {
    return store.snapshots(volume).stream()
        .filter(info -> info.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new FileSystemException(Errno.ENOENT))
        .version();
  }

  private static long snapshotNamed(ModelStore model, long volume, Name name) {
    model.volume(volume);
    ModelSnapshot snapshot = model.state().snapshotNamed(volume, name);
    if (snapshot == null) {
      throw Refused.with(Errno.ENOENT);
    }
    return snapshot.version();
  }

  static ConcurrentCall<?, ?> renameSnapshot(ConcurrentOperands operands) {
    if (operands.oneIn(2)) {
      return renameSnapshotNamed(
          operands.volume().id(), operands.versionName(), operands.versionName());
    }
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
    return cloneVolume(operands.volume().id(), operands.versionName());
  }

  static ConcurrentCall<VolumeInfo, ModelVolume> cloneVolume(long volume, Name name) {
    return new ConcurrentCall<>(
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
    if (operands.oneIn(2)) {
      return renameCloneNamed(
          operands.volume().id(), operands.versionName(), operands.versionName());
    }
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

  /** As {@code mv .clones/NAME .clones/NEW} does it. */
  private static ConcurrentCall<VolumeInfo, ModelVolume> renameCloneNamed(
      long parent, Name name, Name newName) {
    return new ConcurrentCall<>(
        "rename clone %s of %d to %s".formatted(name, parent, newName),
        store -> {
          long clone = cloneNamed(store, parent, name);
          return store.renameVolume(clone, standsIn(parent, name), newName);
        },
        (model, found) -> {
          long clone = cloneNamed(model, parent, name);
          model.renameVolume(clone, newName);
          return model.volume(clone);
        },
        VersionCalls::compare);
  }

  /** As {@code rmdir .clones/NAME} does it. */
  private static ConcurrentCall<Boolean, Boolean> deleteCloneNamed(long parent, Name name) {
    return new ConcurrentCall<>(
        "delete clone %s of %d".formatted(name, parent),
        store -> {
          long clone = cloneNamed(store, parent, name);
          store.deleteVolume(clone, standsIn(parent, name), CloneDisposition.REFUSE);
          return true;
        },
        (model, found) -> {
          model.deleteVolume(cloneNamed(model, parent, name), CloneDisposition.REFUSE);
          return true;
        },
        (expected, found) -> {});
  }

  private static Predicate<VolumeInfo> standsIn(long parent, Name name) {
    return clone -> Objects.equals(clone.parentVolume(), parent) && clone.name().equals(name);
  }

  private static long cloneNamed(VersionedStore store, long parent, Name name) throws IOException {
    return store.clones(parent).stream()
        .filter(info -> info.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new FileSystemException(Errno.ENOENT))
        .id();
  }

  private static long cloneNamed(ModelStore model, long parent, Name name) {
    model.volume(parent);
    ModelVolume clone = model.state().volumeNamed(parent, name);
    if (clone == null) {
      throw Refused.with(Errno.ENOENT);
    }
    return clone.id();
  }

  /** Seldom the first volume, which most calls are about. */
  static ConcurrentCall<?, ?> deleteVolume(ConcurrentOperands operands) {
    if (operands.oneIn(3)) {
      return deleteCloneNamed(operands.volume().id(), operands.versionName());
    }
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
