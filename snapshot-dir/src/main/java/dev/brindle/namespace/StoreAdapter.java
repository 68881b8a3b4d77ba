package dev.brindle.namespace;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.Store;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The real store as the namespace sees it.
 *
 * @param kernelCache what is asked to write back before a version is frozen
 */
record StoreAdapter(Store store, KernelCache kernelCache) implements VersionedStore {
  @Override
  public VolumeInfo volume(long id) throws IOException {
    return store.volume(id);
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
  public List<SnapshotInfo> snapshots(long volume) throws IOException {
    return store.snapshots(volume);
  }

  @Override
  public Optional<SnapshotInfo> snapshot(long volume, Name name) throws IOException {
    return store.snapshot(volume, name);
  }

  @Override
  public SnapshotInfo createSnapshot(long volume, Name name) throws IOException {
    kernelCache.writeBack();
    return store.createSnapshot(volume, name);
  }

  @Override
  public void renameSnapshot(long version, Name name, Name newName) throws IOException {
    store.renameSnapshot(version, found -> found.name().equals(name), newName);
  }

  @Override
  public void deleteSnapshot(long version, Name name) throws IOException {
    LastClose.await(() -> store.deleteSnapshot(version, found -> found.name().equals(name)));
  }

  @Override
  public List<VolumeInfo> clones(long volume) throws IOException {
    return store.clones(volume);
  }

  @Override
  public Optional<VolumeInfo> clone(long volume, Name name) throws IOException {
    for (VolumeInfo clone : store.clones(volume)) {
      if (clone.name().equals(name)) {
        return Optional.of(clone);
      }
    }
    return Optional.empty();
  }

  @Override
  public VolumeInfo cloneVolume(long volume, Name name) throws IOException {
    kernelCache.writeBack();
    return store.cloneVolume(volume, name);
  }

  @Override
  public VolumeInfo cloneSnapshot(long version, Name name) throws IOException {
    return store.cloneSnapshot(version, name);
  }

  @Override
  public void renameClone(long parent, long volume, Name name, Name newName) throws IOException {
    store.renameVolume(volume, standsIn(parent, name), newName);
  }

  @Override
  public void deleteClone(long parent, long volume, Name name) throws IOException {
    LastClose.await(
        () -> store.deleteVolume(volume, standsIn(parent, name), CloneDisposition.REFUSE));
  }

  private static Predicate<VolumeInfo> standsIn(long parent, Name name) {
    return clone -> Objects.equals(clone.parentVolume(), parent) && clone.name().equals(name);
  }

  @Override
  public void sync() throws IOException {
    store.sync();
  }
}
