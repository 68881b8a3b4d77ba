package dev.brindle.store.version;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.SpaceUsage;
import dev.brindle.store.Timestamp;
import dev.brindle.store.VolumeInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The names of a store: volumes, their clones, their snapshots. Each change is refused before it
 * begins or happens whole. Changes take the numbers and times that they use, so that a redo record
 * repeats them exactly; the caller holds the gate exclusively. Lookups need no lock.
 */
public final class Catalogue {
  private final VersionTree tree;

  // Guarded by the version tree's monitor.
  private final Map<Long, VolumeEntry> volumes = new HashMap<>();
  private final TreeMap<Name, VolumeEntry> top = new TreeMap<>();

  Catalogue(VersionTree tree) {
    this.tree = tree;
  }

  // ---- Changes

  /**
   * Makes a volume at the top with an empty tree.
   *
   * @throws FileSystemException EEXIST, EINVAL
   */
  public VolumeInfo createVolume(long volumeId, long headId, Name name, Timestamp created)
      throws FileSystemException {
    synchronized (tree) {
      checkFree(top, name);
      Version head = tree.newHead(headId, volumeId, null, created);
      return info(enter(new VolumeEntry(volumeId, name, null, head, 0, created)));
    }
  }

  /**
   * Gives a volume's head a name and starts a new head under it.
   *
   * @throws FileSystemException ENOENT, EEXIST, EINVAL
   */
  public SnapshotInfo takeSnapshot(long volumeId, Name name, long newHeadId, Timestamp created)
      throws FileSystemException {
    synchronized (tree) {
      VolumeEntry volume = find(volumeId);
      checkSnapshotName(volume, name);
      Version snapshot = renewHead(volume, newHeadId, created);
      snapshot.state = VersionState.SNAPSHOT;
      snapshot.created = created;
      snapshot.markChanged();
      volume.addSnapshot(snapshot, name);
      return info(snapshot);
    }
  }

  /**
   * Clones a snapshot, into the clones of the snapshot's volume.
   *
   * @throws FileSystemException ENOENT, EEXIST, EINVAL
   */
  public VolumeInfo cloneSnapshot(
      long snapshotId, long newVolumeId, long newHeadId, Name name, Timestamp created)
      throws FileSystemException {
    synchronized (tree) {
      Version snapshot = findSnapshot(snapshotId);
      VolumeEntry volume = find(snapshot.volumeId());
      checkFree(volume.clones, name);
      return info(cloneOf(snapshot, volume, newVolumeId, newHeadId, name, created));
    }
  }

  /**
   * Clones a volume as it is now, into its own clones. The head is frozen without a name; the
   * volume goes on with a new one.
   *
   * @param newHeadId the volume's new head
   * @throws FileSystemException ENOENT, EEXIST, EINVAL
   */
  public VolumeInfo cloneVolume(
      long volumeId,
      long newHeadId,
      long newVolumeId,
      long cloneHeadId,
      Name name,
      Timestamp created)
      throws FileSystemException {
    synchronized (tree) {
      VolumeEntry volume = find(volumeId);
      checkFree(volume.clones, name);
      Version origin = renewHead(volume, newHeadId, created);
      VolumeEntry clone = cloneOf(origin, volume, newVolumeId, cloneHeadId, name, created);
      tree.dropName(origin);
      return info(clone);
    }
  }

  /**
   * Freezes a volume's head as a version without a name, which stays as it is until it is released;
   * after a crash nobody holds it any more, and the reaper takes it.
   *
   * @return the frozen version, held
   * @throws FileSystemException ENOENT
   */
  public Version freezeHead(long volumeId, long newHeadId, Timestamp created)
      throws FileSystemException {
    synchronized (tree) {
      Version frozen = renewHead(find(volumeId), newHeadId, created);
      frozen.holds++;
      tree.dropName(frozen);
      return frozen;
    }
  }

  /**
   * Renames a volume or clone where it stands; its own name again is no change.
   *
   * @throws FileSystemException ENOENT, EEXIST, EINVAL
   */
  public VolumeInfo renameVolume(long volumeId, Name newName) throws FileSystemException {
    synchronized (tree) {
      VolumeEntry volume = find(volumeId);
      if (!newName.equals(volume.name)) {
        checkFree(siblings(volume), newName);
        siblings(volume).remove(volume.name);
        volume.name = newName;
        siblings(volume).put(newName, volume);
        tree.changed(volume);
      }
      return info(volume);
    }
  }

  /**
   * Renames a snapshot; its own name again is no change.
   *
   * @throws FileSystemException ENOENT, EEXIST, EINVAL
   */
  public SnapshotInfo renameSnapshot(long snapshotId, Name newName) throws FileSystemException {
    synchronized (tree) {
      Version snapshot = findSnapshot(snapshotId);
      if (!info(snapshot).name().equals(newName)) {
        VolumeEntry volume = find(snapshot.volumeId());
        checkSnapshotName(volume, newName);
        volume.removeSnapshot(snapshot);
        volume.addSnapshot(snapshot, newName);
        snapshot.markChanged();
      }
      return info(snapshot);
    }
  }

  /**
   * Takes a snapshot's name away; the reaper does the rest.
   *
   * @throws FileSystemException ENOENT
   */
  public void deleteSnapshot(long snapshotId) throws FileSystemException {
    synchronized (tree) {
      Version snapshot = findSnapshot(snapshotId);
      find(snapshot.volumeId()).removeSnapshot(snapshot);
      tree.dropName(snapshot);
    }
  }

  /**
   * Takes away the names of a volume and its snapshots; the reaper does the rest.
   *
   * @throws FileSystemException ENOENT; EBUSY when it has clones and the disposition is to refuse;
   *     EEXIST when a clone's name is taken at the top where it is to go
   */
  public void deleteVolume(long volumeId, CloneDisposition disposition) throws FileSystemException {
    synchronized (tree) {
      VolumeEntry volume = find(volumeId);
      List<VolumeEntry> clones = List.copyOf(volume.clones.values());
      switch (disposition) {
        case REFUSE -> checkNoClones(volume);
        case DELETE -> {}
        case DETACH -> checkDetachable(volume, clones);
      }
      siblings(volume).remove(volume.name);
      if (disposition == CloneDisposition.DETACH) {
        clones.forEach(this::moveToTop);
      }
      delete(volume);
    }
  }

  /**
   * Makes a clone a volume at the top, under its own name; one that is there already stays.
   *
   * @throws FileSystemException ENOENT, EEXIST
   */
  public VolumeInfo detach(long volumeId) throws FileSystemException {
    synchronized (tree) {
      VolumeEntry volume = find(volumeId);
      if (volume.parent != null) {
        checkFree(top, volume.name);
        moveToTop(volume);
      }
      return info(volume);
    }
  }

  // ---- Checks ahead of a change

  /**
   * Refuses what {@link #createVolume} would refuse.
   *
   * @throws FileSystemException EEXIST, EINVAL
   */
  public void checkVolumeName(Name name) throws FileSystemException {
    synchronized (tree) {
      checkFree(top, name);
    }
  }

  /**
   * Refuses what a clone of that name in a volume would be refused for.
   *
   * @throws FileSystemException ENOENT, EEXIST, EINVAL
   */
  public void checkCloneName(long volumeId, Name name) throws FileSystemException {
    synchronized (tree) {
      checkFree(find(volumeId).clones, name);
    }
  }

  /**
   * Refuses what {@link #takeSnapshot} would refuse.
   *
   * @throws FileSystemException ENOENT, EEXIST, EINVAL
   */
  public void checkSnapshotName(long volumeId, Name name) throws FileSystemException {
    synchronized (tree) {
      checkSnapshotName(find(volumeId), name);
    }
  }

  // ---- Lookups

  /** All volumes, by full name. */
  public List<VolumeInfo> volumes() {
    synchronized (tree) {
      return volumes.values().stream()
          .map(Catalogue::info)
          .sorted(Comparator.comparing(VolumeInfo::fullName).thenComparing(VolumeInfo::id))
          .toList();
    }
  }

  public Optional<VolumeInfo> volume(long volumeId) {
    synchronized (tree) {
      return Optional.ofNullable(volumes.get(volumeId)).map(Catalogue::info);
    }
  }

  /**
   * The volume of that full name.
   *
   * @param fullName names with {@code /} between them, from the top
   */
  public Optional<VolumeInfo> volume(String fullName) {
    synchronized (tree) {
      Map<Name, VolumeEntry> level = top;
      VolumeEntry found = null;
      for (String name : fullName.split("/", -1)) {
        found = level.get(Name.of(name));
        if (found == null) {
          return Optional.empty();
        }
        level = found.clones;
      }
      return Optional.ofNullable(found).map(Catalogue::info);
    }
  }

  /** The clones that stand in a volume, by name. */
  public List<VolumeInfo> clones(long volumeId) throws FileSystemException {
    synchronized (tree) {
      return find(volumeId).clones.values().stream().map(Catalogue::info).toList();
    }
  }

  public Optional<VolumeInfo> clone(long volumeId, Name name) throws FileSystemException {
    synchronized (tree) {
      return Optional.ofNullable(find(volumeId).clones.get(name)).map(Catalogue::info);
    }
  }

  /** A volume, its clones, theirs and so on: what goes when it is deleted with its clones. */
  public List<VolumeInfo> withClones(long volumeId) throws FileSystemException {
    synchronized (tree) {
      List<VolumeInfo> found = new ArrayList<>();
      addWithClones(find(volumeId), found);
      return found;
    }
  }

  /** A volume's snapshots, oldest first. */
  public List<SnapshotInfo> snapshots(long volumeId) throws FileSystemException {
    synchronized (tree) {
      return find(volumeId).snapshots.values().stream().map(Catalogue::info).toList();
    }
  }

  public Optional<SnapshotInfo> snapshot(long volumeId, Name name) throws FileSystemException {
    synchronized (tree) {
      return Optional.ofNullable(find(volumeId).snapshotsByName.get(name)).map(Catalogue::info);
    }
  }

  public Optional<SnapshotInfo> snapshot(long snapshotId) {
    synchronized (tree) {
      return Optional.ofNullable(tree.find(snapshotId))
          .filter(version -> version.state == VersionState.SNAPSHOT)
          .map(Catalogue::info);
    }
  }

  /**
   * A volume's head.
   *
   * @throws FileSystemException ENOENT
   */
  public Version head(long volumeId) throws FileSystemException {
    synchronized (tree) {
      return find(volumeId).head;
    }
  }

  /**
   * The version under a snapshot's name.
   *
   * @throws FileSystemException ENOENT
   */
  public Version snapshotVersion(long snapshotId) throws FileSystemException {
    synchronized (tree) {
      return findSnapshot(snapshotId);
    }
  }

  /** For each volume, by full name, its snapshots, oldest first, and then its head. */
  public List<SpaceUsage> spaceUsage() throws IOException {
    synchronized (tree) {
      SpaceSums sums = new SpaceSums(tree.deadlists(), tree.lossesNoted(), tree.descending());
      List<SpaceUsage> rows = new ArrayList<>();
      for (VolumeInfo info : volumes()) {
        VolumeEntry volume = find(info.id());
        for (Version snapshot : volume.snapshots.values()) {
          rows.add(sums.of(snapshot, info, info(snapshot)));
        }
        rows.add(sums.of(volume.head, info, null));
      }
      return rows;
    }
  }

  // ---- Load

  void load(RowTable table) throws IOException {
    TreeMap<Long, RowFormat.VolumeRow> rows = new TreeMap<>();
    table.forEach((id, bytes) -> rows.put(id, RowFormat.decodeVolume(id, bytes)));
    for (RowFormat.VolumeRow row : rows.values()) {
      load(row);
    }
    for (Version version : tree.versions()) {
      load(version);
    }
  }

  private void load(RowFormat.VolumeRow row) throws CorruptStoreException {
    VolumeEntry parent = row.parent() == 0 ? null : volumes.get(row.parent());
    if (row.parent() != 0 && parent == null) {
      throw broken("volume " + row.id() + " stands in volume " + row.parent() + ", which is not");
    }
    Version head = tree.find(row.head());
    if (head == null || head.state != VersionState.HEAD || head.volumeId() != row.id()) {
      throw broken("volume " + row.id() + " has no head: version " + row.head());
    }
    VolumeEntry volume =
        new VolumeEntry(row.id(), row.name(), parent, head, row.origin(), row.created());
    if (siblings(volume).put(volume.name, volume) != null) {
      throw broken("two volumes are called " + volume.fullName());
    }
    volumes.put(volume.id, volume);
  }

  private void load(Version version) throws CorruptStoreException {
    if (!version.state.isNamed()) {
      return;
    }
    VolumeEntry volume = volumes.get(version.volumeId());
    if (volume == null || (version.state == VersionState.HEAD && volume.head != version)) {
      throw broken(version + " belongs to volume " + version.volumeId() + ", which has it not");
    }
    Name name = version.name;
    if (name != null) {
      if (volume.snapshotsByName.containsKey(name)) {
        throw broken("two snapshots of " + volume.fullName() + " are called " + name);
      }
      volume.addSnapshot(version, name);
    }
  }

  private static CorruptStoreException broken(String how) {
    return new CorruptStoreException("index.db", -1, how);
  }

  // ---- Under the monitor

  private VolumeEntry find(long volumeId) throws FileSystemException {
    VolumeEntry volume = volumes.get(volumeId);
    if (volume == null) {
      throw new FileSystemException(Errno.ENOENT, "no such volume");
    }
    return volume;
  }

  private Version findSnapshot(long snapshotId) throws FileSystemException {
    Version version = tree.find(snapshotId);
    if (version == null || version.state != VersionState.SNAPSHOT) {
      throw new FileSystemException(Errno.ENOENT, "no such snapshot");
    }
    return version;
  }

  private Map<Name, VolumeEntry> siblings(VolumeEntry volume) {
    return volume.parent == null ? top : volume.parent.clones;
  }

  private static void checkFree(Map<Name, ?> taken, Name name) throws FileSystemException {
    CatalogueNames.check(name);
    if (taken.containsKey(name)) {
      throw new FileSystemException(Errno.EEXIST, "the name '" + name + "' is taken");
    }
  }

  private static void checkSnapshotName(VolumeEntry volume, Name name) throws FileSystemException {
    checkFree(volume.snapshotsByName, name);
  }

  private static void checkNoClones(VolumeEntry volume) throws FileSystemException {
    if (!volume.clones.isEmpty()) {
      throw new FileSystemException(
          Errno.EBUSY,
          volume.clones.values().stream()
              .map(VolumeEntry::fullName)
              .collect(Collectors.joining(", ", volume.fullName() + " has clones: ", "")));
    }
  }

  /** The name of the volume itself is free when its clones come to the top. */
  private void checkDetachable(VolumeEntry volume, Collection<VolumeEntry> clones)
      throws FileSystemException {
    for (VolumeEntry clone : clones) {
      VolumeEntry there = top.get(clone.name);
      if (there != null && there != volume) {
        throw new FileSystemException(
            Errno.EEXIST, clone.fullName() + " cannot become a volume: the name is taken");
      }
    }
  }

  private void moveToTop(VolumeEntry volume) {
    siblings(volume).remove(volume.name);
    volume.parent = null;
    top.put(volume.name, volume);
    tree.changed(volume);
  }

  /** Makes the head an ordinary version and puts a new one under it; returns the old one. */
  private Version renewHead(VolumeEntry volume, long newHeadId, Timestamp created) {
    Version old = volume.head;
    volume.head = tree.newHead(newHeadId, volume.id, old, created);
    tree.changed(volume);
    return old;
  }

  private VolumeEntry cloneOf(
      Version origin,
      VolumeEntry parent,
      long newVolumeId,
      long newHeadId,
      Name name,
      Timestamp created) {
    Version head = tree.newHead(newHeadId, newVolumeId, origin, created);
    return enter(new VolumeEntry(newVolumeId, name, parent, head, origin.id(), created));
  }

  private VolumeEntry enter(VolumeEntry volume) {
    if (volumes.putIfAbsent(volume.id, volume) != null) {
      throw new IllegalStateException("volume " + volume.id + " exists");
    }
    tree.noteNumber(volume.id);
    siblings(volume).put(volume.name, volume);
    tree.changed(volume);
    return volume;
  }

  private void delete(VolumeEntry volume) {
    volume.clones.values().forEach(this::delete);
    volumes.remove(volume.id);
    tree.removed(volume);
    volume.snapshots.values().forEach(tree::dropName);
    tree.dropName(volume.head);
  }

  private void addWithClones(VolumeEntry volume, List<VolumeInfo> found) {
    found.add(info(volume));
    volume.clones.values().forEach(clone -> addWithClones(clone, found));
  }

  private static VolumeInfo info(VolumeEntry volume) {
    return new VolumeInfo(
        volume.id,
        volume.name,
        volume.fullName(),
        volume.parent == null ? null : volume.parent.id,
        volume.head.id(),
        volume.origin == 0 ? null : volume.origin,
        volume.created);
  }

  private static SnapshotInfo info(Version snapshot) {
    Name name = snapshot.name;
    if (name == null) {
      throw new IllegalStateException(snapshot + " has no name");
    }
    return new SnapshotInfo(snapshot.id(), snapshot.volumeId(), name, snapshot.created);
  }
}
