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

  VolumeInfo renameVolume(long volume, Name newName) throws IOException;

  void deleteVolume(long volume, CloneDisposition clones) throws IOException;

  List<SnapshotInfo> snapshots(long volume) throws IOException;

  SnapshotInfo createSnapshot(long volume, Name name) throws IOException;

  SnapshotInfo renameSnapshot(long version, Name newName) throws IOException;

  void deleteSnapshot(long version) throws IOException;

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
