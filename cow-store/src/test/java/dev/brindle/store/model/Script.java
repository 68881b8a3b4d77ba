package dev.brindle.store.model;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import dev.brindle.store.disk.DiskFullException;
import java.io.IOException;
import java.util.Random;

/** Short words for a sequence of operations that is written down, on one volume at a time. */
final class Script {
  static final long ROOT = FileTree.ROOT_INODE;

  private static final int UID = 1000;

  private final Lockstep lockstep;
  private final Random random;
  private final Pick pick;
  private long volume;

  Script(Lockstep lockstep, long seed) {
    this.lockstep = lockstep;
    this.random = new Random(seed);
    this.pick = new Pick(lockstep, random);
  }

  Lockstep lockstep() {
    return lockstep;
  }

  Random random() {
    return random;
  }

  private ModelVolume volume() {
    return lockstep.model().volume(volume);
  }

  /** Goes on with another volume. */
  void use(long id) {
    volume = id;
  }

  /** Makes a volume and goes on with it. */
  long volume(String name) throws IOException {
    VersionOperations.createVolume(lockstep, Name.of(name), UID, UID);
    volume = lockstep.state().volumes().last().getKey();
    return volume;
  }

  /** The inode behind a name; 0 when there is none. */
  long inode(long directory, String name) {
    ModelInode parent = volume().tree().inodes().get(directory);
    Long inode = parent == null ? null : parent.entries().get(Name.of(name));
    return inode == null ? 0 : inode;
  }

  long file(long directory, String name) throws IOException {
    NamespaceOperations.create(
        lockstep, volume(), directory, Name.of(name), FileMode.REGULAR | 0644, 0, UID, UID, 0);
    return inode(directory, name);
  }

  long file(String name) throws IOException {
    return file(ROOT, name);
  }

  long mkdir(long directory, String name) throws IOException {
    int mode = FileMode.DIRECTORY | 0755;
    NamespaceOperations.mkdir(lockstep, volume(), directory, Name.of(name), mode, 0, UID, UID);
    return inode(directory, name);
  }

  void rmdir(long directory, String name) throws IOException {
    NamespaceOperations.rmdir(lockstep, volume, directory, Name.of(name), false);
  }

  void unlink(long directory, String name) throws IOException {
    NamespaceOperations.unlink(lockstep, volume, directory, Name.of(name));
  }

  void link(long inode, long directory, String name) throws IOException {
    NamespaceOperations.link(lockstep, volume(), inode, directory, Name.of(name));
  }

  void rename(long from, String name, long to, String newName, RenameMode mode) throws IOException {
    NamespaceOperations.rename(
        lockstep, volume(), from, Name.of(name), to, Name.of(newName), mode, false);
  }

  void rename(String name, String newName) throws IOException {
    rename(ROOT, name, ROOT, newName, RenameMode.REPLACE);
  }

  /** Writes random bytes. */
  boolean write(long inode, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return DataOperations.write(lockstep, pick, volume, inode, offset, bytes);
  }

  /** Copies from a file of this volume or, by its version, of a snapshot or another volume. */
  void copy(long treeId, long from, long start, long to, long target, long length)
      throws IOException {
    DataOperations.copy(lockstep, treeId, from, start, volume, to, target, length);
  }

  long id() {
    return volume;
  }

  void truncate(long inode, long size) throws IOException {
    DataOperations.truncate(lockstep, volume, inode, size);
  }

  void fsync(long inode) throws IOException {
    DataOperations.fsync(lockstep, volume(), inode, false);
  }

  void setxattr(long inode, String name, int length) throws IOException {
    byte[] value = new byte[length];
    random.nextBytes(value);
    AttributeOperations.setxattr(
        lockstep, volume(), inode, Name.of(name), value, XattrMode.CREATE_OR_REPLACE);
  }

  void removexattr(long inode, String name) throws IOException {
    AttributeOperations.removexattr(lockstep, volume(), inode, Name.of(name));
  }

  void hold(long inode) throws IOException {
    HoldOperations.hold(lockstep, volume, inode);
  }

  void release(long inode) throws IOException {
    HoldOperations.release(lockstep, volume, inode);
  }

  long snapshot(String name) throws IOException {
    VersionOperations.createSnapshot(lockstep, volume(), Name.of(name));
    var snapshots = lockstep.state().snapshots();
    return snapshots.isEmpty() ? 0 : snapshots.last().getKey();
  }

  void deleteSnapshot(long version) throws IOException {
    VersionOperations.deleteSnapshot(lockstep, version);
  }

  /** Clones the volume as it is. */
  long cloneVolume(String name) throws IOException {
    VersionOperations.cloneVolume(lockstep, volume(), Name.of(name));
    return lockstep.state().volumes().last().getKey();
  }

  long cloneSnapshot(long version, String name) throws IOException {
    VersionOperations.cloneSnapshot(lockstep, lockstep.model().snapshot(version), Name.of(name));
    return lockstep.state().volumes().last().getKey();
  }

  void deleteVolume(long id, CloneDisposition disposition) throws IOException {
    VersionOperations.deleteVolume(lockstep, lockstep.model().volume(id), disposition);
  }

  void sync() throws IOException {
    StoreOperations.sync(lockstep, pick);
  }

  void checkpoint() throws IOException {
    StoreOperations.checkpoint(lockstep, pick);
  }

  /** A checkpoint on a disk that may be full: then nothing is promised, and of data never. */
  void tryCheckpoint() throws IOException {
    if (lockstep.run("checkpoint on a full disk", this::checkpointThatFits, () -> {})) {
      lockstep.history().namesDurable();
    }
  }

  private void checkpointThatFits() throws IOException {
    try {
      lockstep.store().checkpoint();
    } catch (DiskFullException e) {
      throw new FileSystemException(Errno.ENOSPC, String.valueOf(e.getMessage()));
    }
  }

  void reclaim() throws IOException {
    StoreOperations.reclaim(lockstep, pick);
  }

  void reopen() throws IOException {
    lockstep.reopen();
  }
}
