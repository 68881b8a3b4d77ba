package dev.brindle.store.version;

import dev.brindle.store.Name;
import dev.brindle.store.Timestamp;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A volume in the catalogue. Guarded by the version tree's monitor. */
final class VolumeEntry {
  final long id;

  /** The version it was cloned from; 0 when it began empty. */
  final long origin;

  final Timestamp created;
  Name name;

  /** Null for a volume at the top. */
  @Nullable VolumeEntry parent;

  Version head;
  final TreeMap<Long, Version> snapshots = new TreeMap<>();
  final Map<Name, Version> snapshotsByName = new HashMap<>();
  final TreeMap<Name, VolumeEntry> clones = new TreeMap<>();

  VolumeEntry(
      long id,
      Name name,
      @Nullable VolumeEntry parent,
      Version head,
      long origin,
      Timestamp created) {
    this.id = id;
    this.name = name;
    this.parent = parent;
    this.head = head;
    this.origin = origin;
    this.created = created;
  }

  void addSnapshot(Version snapshot, Name snapshotName) {
    snapshot.name = snapshotName;
    snapshots.put(snapshot.id(), snapshot);
    snapshotsByName.put(snapshotName, snapshot);
  }

  void removeSnapshot(Version snapshot) {
    snapshots.remove(snapshot.id());
    snapshotsByName.remove(snapshot.name);
  }

  String fullName() {
    return parent == null ? name.toString() : parent.fullName() + "/" + name;
  }
}
