package dev.brindle.store.model;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Difference;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.SpaceUsage;
import dev.brindle.store.Store;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.check.Check;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The real store behind the tests' interface: every call goes straight through. */
record CoreStore(Store store) implements VersionedStore {
  @Override
  public List<VolumeInfo> volumes() {
    return store.volumes();
  }

  @Override
  public VolumeInfo volume(long id) throws IOException {
    return store.volume(id);
  }

  @Override
  public VolumeInfo volume(String fullName) throws IOException {
    return store.volume(fullName);
  }

  @Override
  public WritableFileTree open(long volume) throws IOException {
    return store.open(volume);
  }

  @Override
  public FileTree openSnapshot(long version) throws IOException {
    return store.openSnapshot(version);
  }

  @Override
  public VolumeInfo createVolume(Name name, int uid, int gid) throws IOException {
    return store.createVolume(name, uid, gid);
  }

  @Override
  public VolumeInfo renameVolume(long volume, Predicate<VolumeInfo> condition, Name newName)
      throws IOException {
    return store.renameVolume(volume, condition, newName);
  }

  @Override
  public void deleteVolume(long volume, Predicate<VolumeInfo> condition, CloneDisposition clones)
      throws IOException {
    store.deleteVolume(volume, condition, clones);
  }

  @Override
  public List<SnapshotInfo> snapshots(long volume) throws IOException {
    return store.snapshots(volume);
  }

  @Override
  public SnapshotInfo createSnapshot(long volume, Name name) throws IOException {
    return store.createSnapshot(volume, name);
  }

  @Override
  public SnapshotInfo renameSnapshot(long version, Predicate<SnapshotInfo> condition, Name newName)
      throws IOException {
    return store.renameSnapshot(version, condition, newName);
  }

  @Override
  public void deleteSnapshot(long version, Predicate<SnapshotInfo> condition) throws IOException {
    store.deleteSnapshot(version, condition);
  }

  @Override
  public List<VolumeInfo> clones(long volume) throws IOException {
    return store.clones(volume);
  }

  @Override
  public VolumeInfo cloneVolume(long volume, Name name) throws IOException {
    return store.cloneVolume(volume, name);
  }

  @Override
  public VolumeInfo cloneSnapshot(long version, Name name) throws IOException {
    return store.cloneSnapshot(version, name);
  }

  @Override
  public List<SpaceUsage> spaceUsage() throws IOException {
    return store.spaceUsage();
  }

  @Override
  public void diff(FileTree from, FileTree to, Consumer<Difference> sink) throws IOException {
    store.diff(from, to, sink);
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
  public List<String> problems(boolean readData) throws IOException {
    return Check.run(store, readData).problems();
  }

  @Override
  public long liveBytes() throws IOException {
    return store.status().liveBytes();
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
