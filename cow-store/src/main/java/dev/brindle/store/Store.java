package dev.brindle.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * An open store: the catalogue of volumes and snapshots, and the way to their file trees. One
 * process has a store open at a time; the object is safe for any number of threads.
 */
public final class Store implements Closeable {
  private Store() {}

  /** True when the directory holds a store (of any format version). */
  public static boolean exists(Path directory) {
    throw new UnsupportedOperationException();
  }

  /**
   * Makes an empty store, with no volume. The directory is created (mode 0700) when it is missing
   * and must be empty otherwise.
   *
   * @throws java.nio.file.FileAlreadyExistsException it is a store already
   * @throws java.nio.file.DirectoryNotEmptyException there are other files in it
   */
  public static void create(Path directory, StoreOptions options) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Opens a store and, after a crash, brings it to the last state that was made durable.
   *
   * @throws java.nio.file.NoSuchFileException there is no store
   * @throws StoreLockedException another process has it open
   * @throws FormatTooNewException a newer Brindle wrote it
   * @throws CorruptStoreException its files are damaged
   */
  public static Store open(Path directory, StoreOptions options) throws IOException {
    throw new UnsupportedOperationException();
  }

  public Path directory() {
    throw new UnsupportedOperationException();
  }

  /** All volumes, clones included, by full name. */
  public List<VolumeInfo> volumes() {
    throw new UnsupportedOperationException();
  }

  /**
   * @throws FileSystemException ENOENT
   */
  public VolumeInfo volume(String fullName) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * @throws FileSystemException ENOENT
   */
  public VolumeInfo volume(long id) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** The volume's file tree; the same object each time, nothing to close. */
  public WritableFileTree open(long volume) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Makes an empty volume at the top, whose root directory has mode 0755 and the given owner.
   *
   * @throws FileSystemException EEXIST; EINVAL for a name that is not allowed
   */
  public VolumeInfo createVolume(Name name, int uid, int gid) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Gives a volume or clone another name where it stands; its clones' full names follow. */
  public VolumeInfo renameVolume(long volume, Name newName) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Deletes a volume or clone with its snapshots. Its name is gone when this returns; its space
   * comes back in the background.
   *
   * @throws FileSystemException EBUSY while an inode is held, or while it has clones and the
   *     disposition is REFUSE
   */
  public void deleteVolume(long volume, CloneDisposition clones) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** The volume's snapshots, oldest first. */
  public List<SnapshotInfo> snapshots(long volume) throws IOException {
    throw new UnsupportedOperationException();
  }

  public Optional<SnapshotInfo> snapshot(long volume, Name name) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** The snapshot's file tree, read-only; the same object each time, nothing to close. */
  public FileTree openSnapshot(long version) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes a snapshot of a volume with everything written before the call; durable on return.
   *
   * @throws FileSystemException EEXIST; EINVAL for a name that is not allowed
   */
  public SnapshotInfo createSnapshot(long volume, Name name) throws IOException {
    throw new UnsupportedOperationException();
  }

  public SnapshotInfo renameSnapshot(long version, Name newName) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Deletes a snapshot; clones of it live on. Its space comes back in the background.
   *
   * @throws FileSystemException EBUSY while an inode of it is held
   */
  public void deleteSnapshot(long version) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** The clones that stand in a volume's {@code .clones}, by name. */
  public List<VolumeInfo> clones(long volume) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Clones a volume as it is now, into its own {@code .clones}; durable on return. */
  public VolumeInfo cloneVolume(long volume, Name name) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Clones a snapshot, into the {@code .clones} of the snapshot's volume; durable on return. */
  public VolumeInfo cloneSnapshot(long version, Name name) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** For each volume its snapshots, oldest first, and then its head. */
  public List<SpaceUsage> spaceUsage() throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * What changed from one tree to another of this store, in the order of the paths' inodes; found
   * by walking both trees past what they share.
   */
  public void diff(FileTree from, FileTree to, Consumer<Difference> sink) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Makes everything durable that was acknowledged before the call, in all volumes. */
  public void sync() throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Runs a checkpoint now. */
  public void checkpoint() throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Waits until deleted versions are freed and segments with too many dead blocks are rewritten or
   * deleted. What otherwise happens in the background within a minute.
   */
  public void reclaim() throws IOException {
    throw new UnsupportedOperationException();
  }

  public StoreStatus status() throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Flushes everything, checkpoints and closes. */
  @Override
  public void close() throws IOException {
    throw new UnsupportedOperationException();
  }
}
