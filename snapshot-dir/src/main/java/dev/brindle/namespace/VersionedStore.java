package dev.brindle.namespace;

import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What the namespace needs of a store. The methods mean what those of {@link
 * dev.brindle.store.Store} mean, and a caller may call the cheap ones with each operation: {@link
 * #open}, {@link #openSnapshot}, {@link #volume} and {@link #snapshot} look something up in memory.
 */
interface VersionedStore {
  /** ENOENT when the volume was deleted. */
  VolumeInfo volume(long id) throws IOException;

  /** ENOENT when the volume was deleted. */
  WritableFileTree open(long volume) throws IOException;

  /** ENOENT when the snapshot was deleted. */
  FileTree openSnapshot(long version) throws IOException;

  List<SnapshotInfo> snapshots(long volume) throws IOException;

  Optional<SnapshotInfo> snapshot(long volume, Name name) throws IOException;

  SnapshotInfo createSnapshot(long volume, Name name) throws IOException;

  /** ENOENT when the snapshot does not have the name that it was found by any more. */
  void renameSnapshot(long version, Name name, Name newName) throws IOException;

  /** ENOENT when the snapshot does not have the name that it was found by any more. */
  void deleteSnapshot(long version, Name name) throws IOException;

  List<VolumeInfo> clones(long volume) throws IOException;

  Optional<VolumeInfo> clone(long volume, Name name) throws IOException;

  VolumeInfo cloneVolume(long volume, Name name) throws IOException;

  VolumeInfo cloneSnapshot(long version, Name name) throws IOException;

  /** ENOENT when the clone does not stand under that name in that volume any more. */
  void renameClone(long parent, long volume, Name name, Name newName) throws IOException;

  /**
   * Deletes a clone with its snapshots; EBUSY while it is held or has clones of its own, ENOENT
   * when it does not stand under that name in that volume any more.
   */
  void deleteClone(long parent, long volume, Name name) throws IOException;

  void sync() throws IOException;
}
