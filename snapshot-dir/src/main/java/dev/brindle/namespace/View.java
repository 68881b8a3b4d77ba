package dev.brindle.namespace;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;
import java.util.List;

/**
 * One file tree as a mount shows it: the mounted volume, a clone below it, or a snapshot of one of
 * them. It keeps no tree: each operation asks the store, so a view whose snapshot or clone was
 * deleted, by whatever way, is stale from that moment on.
 */
final class View {
  private final VersionedStore store;
  private final int index;
  private final long shownId;
  private final long volume;
  private final long version;

  private View(VersionedStore store, int index, long shownId, long volume, long version) {
    this.store = store;
    this.index = index;
    this.shownId = shownId;
    this.volume = volume;
    this.version = version;
  }

  static View mounted(VersionedStore store, long volume) {
    return new View(store, 0, 0, volume, 0);
  }

  static View clone(VersionedStore store, int index, long volume) {
    return new View(store, index, volume, volume, 0);
  }

  static View snapshot(VersionedStore store, int index, long volume, long version) {
    return new View(store, index, version, volume, version);
  }

  int index() {
    return index;
  }

  boolean isMounted() {
    return index == 0;
  }

  boolean isSnapshot() {
    return version != 0;
  }

  /** The id of the volume that this is, or whose past it is. */
  long volume() {
    return volume;
  }

  /** The snapshot's version. */
  long version() {
    assert isSnapshot();
    return version;
  }

  /** What stands for this view in {@link ShownInode}. */
  long shownId() {
    return shownId;
  }

  FileTree tree() throws IOException {
    try {
      return isSnapshot() ? store.openSnapshot(version) : store.open(volume);
    } catch (FileSystemException e) {
      throw staleIfGone(e);
    }
  }

  /** The versions of the snapshots that were taken of the volume since this one, oldest first. */
  List<Long> laterSnapshots() throws IOException {
    return store.snapshots(volume).stream()
        .map(SnapshotInfo::version)
        .filter(other -> other > version)
        .sorted()
        .toList();
  }

  /** Another snapshot of the volume. */
  FileTree snapshot(long other) throws IOException {
    return store.openSnapshot(other);
  }

  /** The tree to change; EROFS in a snapshot. */
  WritableFileTree writableTree() throws IOException {
    if (isSnapshot()) {
      throw new FileSystemException(Errno.EROFS);
    }
    return liveTree();
  }

  /** The volume's tree as it is now, also when this is a snapshot of it. */
  WritableFileTree liveTree() throws IOException {
    try {
      return store.open(volume);
    } catch (FileSystemException e) {
      throw staleIfGone(e);
    }
  }

  Node root() {
    return new Node(this, NodeKind.INODE, FileTree.ROOT_INODE);
  }

  private static FileSystemException staleIfGone(FileSystemException e) {
    return e.errno() == Errno.ENOENT ? new FileSystemException(Errno.ESTALE) : e;
  }
}
