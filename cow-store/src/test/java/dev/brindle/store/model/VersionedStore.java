package dev.brindle.store.model;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Difference;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.SpaceUsage;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The public API of {@link dev.brindle.store.Store} as an interface, so that the model itself, or a
 * store with a planted bug, can stand in its place.
 */
interface VersionedStore extends Closeable {
  List<VolumeInfo> volumes() throws IOException;

  VolumeInfo volume(long id) throws IOException;

  VolumeInfo volume(String fullName) throws IOException;

  WritableFileTree open(long volume) throws IOException;

  FileTree openSnapshot(long version) throws IOException;

  VolumeInfo createVolume(Name name, int uid, int gid) throws IOException;

  VolumeInfo renameVolume(long volume, Predicate<VolumeInfo> condition, Name newName)
      throws IOException;

  default VolumeInfo renameVolume(long volume, Name newName) throws IOException {
    return renameVolume(volume, found -> true, newName);
  }

  void deleteVolume(long volume, Predicate<VolumeInfo> condition, CloneDisposition clones)
      throws IOException;

  default void deleteVolume(long volume, CloneDisposition clones) throws IOException {
    deleteVolume(volume, found -> true, clones);
  }

  List<SnapshotInfo> snapshots(long volume) throws IOException;

  SnapshotInfo createSnapshot(long volume, Name name) throws IOException;

  SnapshotInfo renameSnapshot(long version, Predicate<SnapshotInfo> condition, Name newName)
      throws IOException;

  default SnapshotInfo renameSnapshot(long version, Name newName) throws IOException {
    return renameSnapshot(version, found -> true, newName);
  }

  void deleteSnapshot(long version, Predicate<SnapshotInfo> condition) throws IOException;

  default void deleteSnapshot(long version) throws IOException {
    deleteSnapshot(version, found -> true);
  }

  List<VolumeInfo> clones(long volume) throws IOException;

  VolumeInfo cloneVolume(long volume, Name name) throws IOException;

  VolumeInfo cloneSnapshot(long version, Name name) throws IOException;

  List<SpaceUsage> spaceUsage() throws IOException;

  void diff(FileTree from, FileTree to, Consumer<Difference> sink) throws IOException;

  void sync() throws IOException;

  void checkpoint() throws IOException;

  void reclaim() throws IOException;

  /** What is wrong inside, as sentences; empty when nothing is. */
  List<String> problems(boolean readData) throws IOException;

  /** Live bytes of file data. */
  long liveBytes() throws IOException;
}
