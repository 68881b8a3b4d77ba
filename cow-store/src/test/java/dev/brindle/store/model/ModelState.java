package dev.brindle.store.model;

import dev.brindle.store.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything a store holds, at one moment, immutable: a point of a history. */
record ModelState(
    PersistentMap<Long, ModelVolume> volumes, PersistentMap<Long, ModelSnapshot> snapshots) {
  static final ModelState EMPTY = new ModelState(PersistentMap.empty(), PersistentMap.empty());

  ModelState with(ModelVolume volume) {
    return new ModelState(volumes.with(volume.id(), volume), snapshots);
  }

  ModelState with(ModelSnapshot snapshot) {
    return new ModelState(volumes, snapshots.with(snapshot.version(), snapshot));
  }

  ModelState withoutSnapshot(long version) {
    return new ModelState(volumes, snapshots.without(version));
  }

  /** Without a volume and its snapshots. */
  ModelState withoutVolume(long id) {
    ModelState result = new ModelState(volumes.without(id), snapshots);
    for (ModelSnapshot snapshot : snapshotsOf(id)) {
      result = result.withoutSnapshot(snapshot.version());
    }
    return result;
  }

  /** Oldest first: versions are numbered upwards. */
  List<ModelSnapshot> snapshotsOf(long volume) {
    List<ModelSnapshot> result = new ArrayList<>();
    for (Map.Entry<Long, ModelSnapshot> entry : snapshots) {
      if (entry.getValue().volume() == volume) {
        result.add(entry.getValue());
      }
    }
    return result;
  }

  /** The volumes in another's clones, or at the top for 0. */
  List<ModelVolume> volumesIn(long parent) {
    List<ModelVolume> result = new ArrayList<>();
    for (Map.Entry<Long, ModelVolume> entry : volumes) {
      if (entry.getValue().parent() == parent) {
        result.add(entry.getValue());
      }
    }
    return result;
  }

  @Nullable ModelVolume volumeNamed(long parent, Name name) {
    return volumesIn(parent).stream().filter(v -> v.name().equals(name)).findFirst().orElse(null);
  }

  @Nullable ModelSnapshot snapshotNamed(long volume, Name name) {
    return snapshotsOf(volume).stream().filter(s -> s.name().equals(name)).findFirst().orElse(null);
  }

  String fullName(long volume) {
    ModelVolume row = volumes.get(volume);
    if (row == null) {
      return "(no volume " + volume + ")";
    }
    return row.parent() == 0 ? row.name().toString() : fullName(row.parent()) + "/" + row.name();
  }

  /**
   * As after calls that overlapped, of which nobody can tell whether a number was given before a
   * copy was made of its volume or after: those of the copy go on behind what it holds and what was
   * given before all of them.
   */
  ModelState withNewCopiesSince(ModelState before) {
    ModelState result = this;
    for (Map.Entry<Long, ModelVolume> entry : volumes) {
      ModelVolume volume = entry.getValue();
      if (!before.volumes.containsKey(volume.id())) {
        long given = before.givenIn(volume.parent());
        result = result.with(volume.withTree(volume.tree().givenOutToAtMost(given)));
      }
    }
    for (Map.Entry<Long, ModelSnapshot> entry : snapshots) {
      ModelSnapshot snapshot = entry.getValue();
      if (!before.snapshots.containsKey(snapshot.version())) {
        long given = before.givenIn(snapshot.volume());
        result = result.with(snapshot.withTree(snapshot.tree().givenOutToAtMost(given)));
      }
    }
    return result;
  }

  private long givenIn(long volume) {
    ModelVolume row = volumes.get(volume);
    return row == null ? 0 : row.tree().highestInode();
  }

  ModelState withoutOrphans() {
    ModelState result = this;
    for (Map.Entry<Long, ModelVolume> entry : volumes) {
      ModelVolume volume = entry.getValue();
      result = result.with(volume.withTree(volume.tree().withoutOrphans()));
    }
    return result;
  }
}
