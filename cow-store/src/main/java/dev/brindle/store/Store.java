package dev.brindle.store;

import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.HostDisk;
import dev.brindle.store.disk.StoreLock;
import dev.brindle.store.disk.StorePrivacy;
import dev.brindle.store.index.IndexRebuilt;
import dev.brindle.store.version.CatalogueNames;
import dev.brindle.store.volume.OpenStore;
import dev.brindle.store.volume.StoreOpening;
import dev.brindle.store.volume.Superblock;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An open store: the catalogue of volumes and snapshots, and the way to their file trees. One
 * process has a store open at a time; the object is safe for any number of threads.
 */
public final class Store implements Closeable {
  /** How the lock calls whoever has a store open. */
  private static final String HOLDER = "brindle";

  private final Path directory;
  private final Disk disk;
  private final @Nullable StoreLock lock;
  private final OpenStore store;
  private final Use use;

  /** What a store is open for. */
  private enum Use {
    WORK(StoreOpening::open),
    CHECK(StoreOpening::openForCheck),
    REPAIR(StoreOpening::openAtRest);

    final Opener opener;

    Use(Opener opener) {
      this.opener = opener;
    }
  }

  private interface Opener {
    OpenStore open(Disk disk, Path directory, StoreOptions options, @Nullable UncleanEnd end)
        throws IOException;
  }

  private Store(Path directory, Disk disk, @Nullable StoreLock lock, OpenStore store, Use use) {
    this.directory = directory;
    this.disk = disk;
    this.lock = lock;
    this.store = store;
    this.use = use;
  }

  /** True when the directory holds a store (of any format version), or what is left of one. */
  public static boolean exists(Path directory) {
    return Files.isRegularFile(directory.resolve(Superblock.FILE))
        || Files.isRegularFile(directory.resolve(Superblock.COPY))
        || Superblock.isLost(directory);
  }

  /**
   * Makes an empty store, with no volume. The directory is created when it is missing and must be
   * empty otherwise; it gets mode 0700. One that is refused stays as it was.
   *
   * @throws java.nio.file.FileAlreadyExistsException it is a store already
   * @throws java.nio.file.DirectoryNotEmptyException there are other files in it
   */
  public static void create(Path directory, StoreOptions options) throws IOException {
    if (!Files.exists(directory)) {
      Files.createDirectories(directory.toAbsolutePath().normalize().getParent());
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory + " is a file, and a store is a directory");
    }
    StorePrivacy.verifyOwner(directory);
    try (HostDisk disk = new HostDisk(directory)) {
      StoreOpening.refuseUnlessNew(disk);
      StoreLock.refuseForeign(directory.toRealPath());
      StorePrivacy.close(directory);
      try (StoreLock held = disk.lock(HOLDER)) {
        StoreOpening.create(disk, options);
        held.noteClosed();
      }
    }
  }

  /**
   * Refuses a name that no volume may have.
   *
   * @throws FileSystemException EINVAL
   */
  public static void checkVolumeName(Name name) throws FileSystemException {
    CatalogueNames.check(name);
  }

  /**
   * Opens a store and, after a crash, brings it to the last state that was made durable.
   *
   * @throws java.nio.file.NoSuchFileException there is no store
   * @throws StoreNotPrivateException others can get at it, or it is another user's
   * @throws StoreLockedException another process has it open
   * @throws FormatTooNewException a newer Brindle wrote it
   * @throws IndexLostException its index or superblock is lost, and there are copies of them
   * @throws CorruptStoreException its files are damaged
   */
  public static Store open(Path directory, StoreOptions options) throws IOException {
    return open(directory, options, Use.WORK);
  }

  /**
   * As {@link #open(Path, StoreOptions)}, for a check: nothing happens in it by itself, and nothing
   * that is written into it, by recovery after a crash neither, gets to its files.
   */
  public static Store openForCheck(Path directory, StoreOptions options) throws IOException {
    return open(directory, options, Use.CHECK);
  }

  /**
   * As {@link #open(Path, StoreOptions)}, for a repair: nothing happens in it by itself, and
   * closing it drops what no checkpoint has made durable.
   */
  public static Store openAtRest(Path directory, StoreOptions options) throws IOException {
    return open(directory, options, Use.REPAIR);
  }

  /** As {@link #openAtRest(Path, StoreOptions)}, on another disk than the host's. */
  public static Store openAtRest(Disk disk, StoreOptions options) throws IOException {
    return open(disk, options, Use.REPAIR);
  }

  private static Store open(Disk disk, StoreOptions options, Use use) throws IOException {
    Path nowhere = Path.of("");
    return new Store(nowhere, disk, null, use.opener.open(disk, nowhere, options, null), use);
  }

  private static Store open(Path directory, StoreOptions options, Use use) throws IOException {
    if (!exists(directory)) {
      throw new NoSuchFileException(directory.toString(), null, "there is no Brindle store here");
    }
    StorePrivacy.verify(directory);
    HostDisk disk = new HostDisk(directory);
    try {
      StoreLock lock = use == Use.CHECK ? disk.lockToLook(HOLDER) : disk.lock(HOLDER);
      try {
        OpenStore store = use.opener.open(disk, directory, options, lock.uncleanEnd());
        return new Store(directory, disk, lock, store, use);
      } catch (IOException | RuntimeException | Error e) {
        try (lock) {
          if (use == Use.CHECK) {
            lock.noteUnchanged();
          }
          throw e;
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      disk.close();
      throw e;
    }
  }

  /**
   * Makes the index of a store anew from its copies in {@code checkpoints}, and the superblock when
   * that is lost. Opening the store afterwards brings it to the last state that was made durable,
   * as after a crash.
   *
   * @throws java.nio.file.NoSuchFileException there is no store
   * @throws StoreLockedException a process has it open
   * @param acceptOlder takes an older state when the last that was durable is lost
   * @throws OlderStateException only an older state can be had; nothing has changed
   * @throws CorruptStoreException the copies are not whole, or older than the index that is there;
   *     nothing has changed
   */
  public static IndexRebuilt rebuildIndex(Path directory, boolean acceptOlder) throws IOException {
    if (!exists(directory)) {
      throw new NoSuchFileException(directory.toString(), null, "there is no Brindle store here");
    }
    StorePrivacy.verify(directory);
    try (HostDisk disk = new HostDisk(directory);
        StoreLock held = disk.lock(HOLDER)) {
      IndexRebuilt rebuilt = StoreOpening.rebuildIndex(disk, directory, acceptOlder);
      held.noteClosed();
      return rebuilt;
    }
  }

  /** As {@link #rebuildIndex(Path, boolean)}, on another disk than the host's. */
  public static IndexRebuilt rebuildIndex(Disk disk, boolean acceptOlder) throws IOException {
    return StoreOpening.rebuildIndex(disk, Path.of(""), acceptOlder);
  }

  /** Opens a store on another disk than the host's; nothing keeps a second opening away. */
  public static Store open(Disk disk, StoreOptions options) throws IOException {
    return open(disk, options, Use.WORK);
  }

  /** Makes an empty store on another disk than the host's. */
  public static void create(Disk disk, StoreOptions options) throws IOException {
    StoreOpening.create(disk, options);
  }

  public Path directory() {
    return directory;
  }

  /** All volumes, clones included, by full name. */
  public List<VolumeInfo> volumes() {
    return store.catalogue().volumes();
  }

  /**
   * @throws FileSystemException ENOENT
   */
  public VolumeInfo volume(String fullName) throws IOException {
    return store
        .catalogue()
        .volume(fullName)
        .orElseThrow(() -> new FileSystemException(Errno.ENOENT, "there is no volume " + fullName));
  }

  /**
   * @throws FileSystemException ENOENT
   */
  public VolumeInfo volume(long id) throws IOException {
    return store
        .catalogue()
        .volume(id)
        .orElseThrow(() -> new FileSystemException(Errno.ENOENT, "there is no such volume"));
  }

  /** The volume's file tree; the same object each time, nothing to close. */
  public WritableFileTree open(long volume) throws IOException {
    return store.volume(volume);
  }

  /**
   * Makes an empty volume at the top, whose root directory has mode 0755 and the given owner.
   *
   * @throws FileSystemException EEXIST; EINVAL for a name that is not allowed
   */
  public VolumeInfo createVolume(Name name, int uid, int gid) throws IOException {
    return store.createVolume(name, uid, gid);
  }

  /** Gives a volume or clone another name where it stands; its clones' full names follow. */
  public VolumeInfo renameVolume(long volume, Name newName) throws IOException {
    return renameVolume(volume, found -> true, newName);
  }

  /**
   * As {@link #renameVolume(long, Name)}, when the volume is then what the caller takes it for: who
   * found it by its name renames it only while it has that name.
   *
   * @param condition asked at the instant of the change; must not change the store
   * @throws FileSystemException ENOENT when it does not hold
   */
  public VolumeInfo renameVolume(long volume, Predicate<VolumeInfo> condition, Name newName)
      throws IOException {
    return store.renameVolume(volume, condition, newName);
  }

  /**
   * Deletes a volume or clone with its snapshots. Its name is gone, durably, when this returns; its
   * space comes back in the background. On a disk without any room it is durable a little later.
   *
   * @throws FileSystemException EBUSY while an inode is held, or while it has clones and the
   *     disposition is REFUSE
   */
  public void deleteVolume(long volume, CloneDisposition clones) throws IOException {
    deleteVolume(volume, found -> true, clones);
  }

  /**
   * As {@link #deleteVolume(long, CloneDisposition)}, when the volume is then what the caller takes
   * it for: who found it by its name deletes it only while it has that name.
   *
   * @param condition asked at the instant of the change; must not change the store
   * @throws FileSystemException ENOENT when it does not hold
   */
  public void deleteVolume(long volume, Predicate<VolumeInfo> condition, CloneDisposition clones)
      throws IOException {
    store.deleteVolume(volume, condition, clones);
  }

  /** The volume's snapshots, oldest first. */
  public List<SnapshotInfo> snapshots(long volume) throws IOException {
    return store.catalogue().snapshots(volume);
  }

  public Optional<SnapshotInfo> snapshot(long volume, Name name) throws IOException {
    return store.catalogue().snapshot(volume, name);
  }

  /** The snapshot's file tree, read-only; the same object each time, nothing to close. */
  public FileTree openSnapshot(long version) throws IOException {
    return store.snapshot(version);
  }

  /**
   * Takes a snapshot of a volume with everything written before the call; durable on return.
   *
   * @throws FileSystemException EEXIST; EINVAL for a name that is not allowed
   */
  public SnapshotInfo createSnapshot(long volume, Name name) throws IOException {
    return store.takeSnapshot(volume, name);
  }

  public SnapshotInfo renameSnapshot(long version, Name newName) throws IOException {
    return renameSnapshot(version, found -> true, newName);
  }

  /**
   * As {@link #renameSnapshot(long, Name)}, when the snapshot is then what the caller takes it for:
   * who found it by its name renames it only while it has that name.
   *
   * @param condition asked at the instant of the change; must not change the store
   * @throws FileSystemException ENOENT when it does not hold
   */
  public SnapshotInfo renameSnapshot(long version, Predicate<SnapshotInfo> condition, Name newName)
      throws IOException {
    return store.renameSnapshot(version, condition, newName);
  }

  /**
   * Deletes a snapshot; clones of it live on. It is gone, durably, when this returns; its space
   * comes back in the background. On a disk without any room it is durable a little later.
   *
   * @throws FileSystemException EBUSY while an inode of it is held
   */
  public void deleteSnapshot(long version) throws IOException {
    deleteSnapshot(version, found -> true);
  }

  /**
   * As {@link #deleteSnapshot(long)}, when the snapshot is then what the caller takes it for: who
   * found it by its name deletes it only while it has that name.
   *
   * @param condition asked at the instant of the change; must not change the store
   * @throws FileSystemException ENOENT when it does not hold
   */
  public void deleteSnapshot(long version, Predicate<SnapshotInfo> condition) throws IOException {
    store.deleteSnapshot(version, condition);
  }

  /** The clones that stand in a volume's {@code .clones}, by name. */
  public List<VolumeInfo> clones(long volume) throws IOException {
    return store.catalogue().clones(volume);
  }

  /** Clones a volume as it is now, into its own {@code .clones}; durable on return. */
  public VolumeInfo cloneVolume(long volume, Name name) throws IOException {
    return store.cloneVolume(volume, name);
  }

  /** Clones a snapshot, into the {@code .clones} of the snapshot's volume; durable on return. */
  public VolumeInfo cloneSnapshot(long version, Name name) throws IOException {
    return store.cloneSnapshot(version, name);
  }

  /** For each volume its snapshots, oldest first, and then its head. */
  public List<SpaceUsage> spaceUsage() throws IOException {
    return store.spaceUsage();
  }

  /**
   * What changed from one tree to another of this store, in the order of the paths' inodes; found
   * by walking both trees past what they share. Both are looked at as they were when this was
   * called, and nobody waits for it; a snapshot that is looked at cannot be deleted meanwhile.
   *
   * @param sink is told each difference as it is found; what it throws ends the walk
   */
  public void diff(FileTree from, FileTree to, Consumer<Difference> sink) throws IOException {
    store.diff(from, to, sink);
  }

  /** Makes everything durable that was acknowledged before the call, in all volumes. */
  public void sync() throws IOException {
    store.sync();
  }

  /** Runs a checkpoint now. */
  public void checkpoint() throws IOException {
    store.checkpoint();
  }

  /**
   * Waits until deleted versions, and files that were open without a name when a process died, are
   * freed, and segments with too many dead blocks are rewritten or deleted. What otherwise happens
   * in the background within two minutes.
   */
  public void reclaim() throws IOException {
    store.reclaim();
  }

  public StoreStatus status() throws IOException {
    return store.status();
  }

  /** True when it was opened for a repair. */
  public boolean isAtRest() {
    return use == Use.REPAIR;
  }

  /** The parts, for the check that walks them. */
  public OpenStore parts() {
    return store;
  }

  /** Flushes everything, checkpoints and closes. */
  @Override
  public void close() throws IOException {
    try {
      if (use == Use.WORK) {
        store.close();
      } else {
        store.abandon();
      }
      if (lock != null) {
        noteEnd(lock);
      }
    } finally {
      if (lock != null) {
        lock.close();
      }
      disk.close();
    }
  }

  private void noteEnd(StoreLock held) throws IOException {
    if (use == Use.CHECK) {
      held.noteUnchanged();
    } else if (store.isInOrder()) {
      held.noteClosed();
    }
  }
}
