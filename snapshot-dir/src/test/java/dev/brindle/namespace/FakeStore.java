package dev.brindle.namespace;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.Timestamp;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A store in memory: the catalogue by id, and a {@link FakeTree} for each version. */
final class FakeStore implements VersionedStore {
  private final Map<Long, VolumeInfo> volumes = new TreeMap<>();
  private final Map<Long, SnapshotInfo> snapshots = new TreeMap<>();
  private final Map<Long, FakeTree> heads = new TreeMap<>();
  private final Map<Long, FakeTree> past = new TreeMap<>();
  private long last;
  private boolean losesVersions;

  /** From now on another call deletes each version between its making and the next look at it. */
  synchronized void loseNewVersions() {
    losesVersions = true;
  }

  synchronized long createVolume(String name, int uid, int gid) {
    long id = ++last;
    FakeTree tree = new FakeTree(++last, uid, gid);
    heads.put(id, tree);
    volumes.put(id, new VolumeInfo(id, Name.of(name), name, null, last, null, Timestamp.now()));
    return id;
  }

  @Override
  public synchronized VolumeInfo volume(long id) throws FileSystemException {
    return existing(volumes.get(id));
  }

  @Override
  public synchronized WritableFileTree open(long volume) throws FileSystemException {
    return existing(heads.get(volume));
  }

  @Override
  public synchronized FileTree openSnapshot(long version) throws FileSystemException {
    return existing(past.get(version));
  }

  @Override
  public synchronized List<SnapshotInfo> snapshots(long volume) {
    return snapshots.values().stream().filter(info -> info.volume() == volume).toList();
  }

  @Override
  public synchronized Optional<SnapshotInfo> snapshot(long volume, Name name) {
    return snapshots(volume).stream().filter(info -> info.name().equals(name)).findFirst();
  }

  @Override
  public synchronized SnapshotInfo createSnapshot(long volume, Name name)
      throws FileSystemException {
    requireFree(snapshot(volume, name));
    FakeTree head = existing(heads.get(volume));
    SnapshotInfo info = new SnapshotInfo(head.version(), volume, name, Timestamp.now());
    past.put(info.version(), head.copy(info.version(), false));
    snapshots.put(info.version(), info);
    head.setVersion(++last);
    if (losesVersions) {
      deleteSnapshot(info.version(), name);
    }
    return info;
  }

  @Override
  public synchronized void renameSnapshot(long version, Name name, Name newName)
      throws FileSystemException {
    SnapshotInfo info = called(version, name);
    requireFree(snapshot(info.volume(), newName));
    snapshots.put(version, new SnapshotInfo(version, info.volume(), newName, info.created()));
  }

  @Override
  public synchronized void deleteSnapshot(long version, Name name) throws FileSystemException {
    called(version, name);
    existing(past.get(version)).delete();
    past.remove(version);
    snapshots.remove(version);
  }

  private SnapshotInfo called(long version, Name name) throws FileSystemException {
    SnapshotInfo info = snapshots.get(version);
    return existing(info != null && info.name().equals(name) ? info : null);
  }

  @Override
  public synchronized List<VolumeInfo> clones(long volume) {
    return volumes.values().stream()
        .filter(info -> info.parentVolume() != null && info.parentVolume() == volume)
        .sorted((left, right) -> left.name().compareTo(right.name()))
        .toList();
  }

  @Override
  public synchronized Optional<VolumeInfo> clone(long volume, Name name) {
    return clones(volume).stream().filter(info -> info.name().equals(name)).findFirst();
  }

  @Override
  public synchronized VolumeInfo cloneVolume(long volume, Name name) throws FileSystemException {
    FakeTree head = existing(heads.get(volume));
    long origin = head.version();
    head.setVersion(++last);
    return addClone(volume, origin, head, name);
  }

  @Override
  public synchronized VolumeInfo cloneSnapshot(long version, Name name) throws FileSystemException {
    SnapshotInfo info = existing(snapshots.get(version));
    return addClone(info.volume(), version, existing(past.get(version)), name);
  }

  private VolumeInfo addClone(long parent, long origin, FakeTree tree, Name name)
      throws FileSystemException {
    requireFree(clone(parent, name));
    long id = ++last;
    heads.put(id, tree.copy(++last, true));
    String fullName = volumes.get(parent).fullName() + "/" + name;
    VolumeInfo info = new VolumeInfo(id, name, fullName, parent, last, origin, Timestamp.now());
    volumes.put(id, info);
    if (losesVersions) {
      deleteClone(parent, id, name);
    }
    return info;
  }

  @Override
  public synchronized void renameClone(long parent, long volume, Name name, Name newName)
      throws FileSystemException {
    VolumeInfo info = standing(parent, volume, name);
    requireFree(clone(info.parentVolume(), newName));
    String fullName = volumes.get(info.parentVolume()).fullName() + "/" + newName;
    volumes.put(
        volume,
        new VolumeInfo(
            volume,
            newName,
            fullName,
            info.parentVolume(),
            info.head(),
            info.origin(),
            info.created()));
  }

  @Override
  public synchronized void deleteClone(long parent, long volume, Name name)
      throws FileSystemException {
    standing(parent, volume, name);
    if (!clones(volume).isEmpty()) {
      throw new FileSystemException(Errno.EBUSY);
    }
    existing(heads.get(volume)).delete();
    heads.remove(volume);
    volumes.remove(volume);
    for (SnapshotInfo info : snapshots(volume)) {
      deleteSnapshot(info.version(), info.name());
    }
  }

  private VolumeInfo standing(long parent, long volume, Name name) throws FileSystemException {
    VolumeInfo info = clone(parent, name).orElse(null);
    return existing(info != null && info.id() == volume ? info : null);
  }

  @Override
  public void sync() {}

  private static <T> T existing(T found) throws FileSystemException {
    if (found == null) {
      throw new FileSystemException(Errno.ENOENT);
    }
    return found;
  }

  private static void requireFree(Optional<?> taken) throws FileSystemException {
    if (taken.isPresent()) {
      throw new FileSystemException(Errno.EEXIST);
    }
  }
}
