package dev.brindle.store.volume;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.Timestamp;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.version.Catalogue;
import dev.brindle.store.version.Version;
import dev.brindle.store.version.VersionTree;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;

/**
 * The operations on volumes, snapshots and clones as wholes. What they change is changed with the
 * gate closed; their redo goes the way of all operations.
 */
final class Volumes {
  private static final int ROOT_MODE = FileMode.DIRECTORY | 0755;

  /** So many changes keep who opens a volume waiting. */
  private static final int ORPHAN_STEPS = 64;

  /** Snapshots before heads, heads by the numbers of their volumes; what a deletion does, too. */
  private static final Comparator<FileTree> ORDER_OF_LOCKS =
      Comparator.comparingLong(tree -> tree instanceof VolumeTree head ? head.head().volume : 0);

  private final Engine engine;
  private final VersionTree versions;
  private final Catalogue catalogue;
  private final Reaper reaper;
  private final Runnable wakeReaper;
  private final ConcurrentMap<Long, VolumeTree> volumes = new ConcurrentHashMap<>();
  private final ConcurrentMap<Long, SnapshotTree> snapshots = new ConcurrentHashMap<>();

  Volumes(Engine engine, Reaper reaper, Runnable wakeReaper) {
    this.engine = engine;
    this.versions = engine.versions();
    this.catalogue = versions.catalogue();
    this.reaper = reaper;
    this.wakeReaper = wakeReaper;
  }

  /** A change of the catalogue. */
  private interface Body<T> {
    T apply(RedoWriter redo) throws IOException;
  }

  private <T> T change(Body<T> body) throws IOException {
    engine.backlog().await(engine.fault());
    engine.gate().exclusive().lock();
    try {
      engine.fault().refuseChanges();
      RedoWriter redo = new RedoWriter();
      redo.begin(engine.nextCheckpoint());
      T result = body.apply(redo);
      engine.pending().add(redo.operation());
      return result;
    } catch (RuntimeException | Error e) {
      engine.fault().report("a change of the volumes", e);
      throw e;
    } finally {
      engine.gate().exclusive().unlock();
    }
  }

  /** A change that adds nothing, so that it may happen on a full disk. */
  private <T> T changeDurably(Body<T> body) throws IOException {
    T result = change(body);
    persistWhereThereIsRoom();
    return result;
  }

  /**
   * Makes durable what has happened, and takes no room that is not there: on a full disk it is so
   * with the next checkpoint, and a deletion is what gives space back.
   */
  private void persistWhereThereIsRoom() throws IOException {
    try {
      engine.appends().persist();
    } catch (FileSystemException e) {
      if (!SpaceGuard.isFull(e)) {
        throw e;
      }
    }
  }

  WritableFileTree open(long volume) throws IOException {
    VolumeTree open = volumes.get(volume);
    if (open != null) {
      return open;
    }
    synchronized (this) {
      open = volumes.get(volume);
      if (open == null) {
        Head head = engine.head(volume);
        removeOrphans(head);
        open = new VolumeTree(engine, head);
        volumes.put(volume, open);
      }
      return open;
    }
  }

  private void removeOrphans(Head head) throws IOException {
    OrphanRemoval removal = new OrphanRemoval(engine, head);
    if (!removal.run(ORPHAN_STEPS)) {
      reaper.add(removal);
      wakeReaper.run();
    }
  }

  FileTree openSnapshot(long snapshot) throws IOException {
    SnapshotTree open = snapshots.get(snapshot);
    if (open != null) {
      return open;
    }
    synchronized (this) {
      Version version = catalogue.snapshotVersion(snapshot);
      return snapshots.computeIfAbsent(
          snapshot, id -> new SnapshotTree(engine, id, version.inodeCount(), engine.view(version)));
    }
  }

  VolumeInfo create(Name name, int uid, int gid) throws IOException {
    catalogue.checkVolumeName(name);
    engine.admitGrowth();
    VolumeInfo created =
        change(
            redo -> {
              long volume = versions.nextNumber();
              long head = versions.nextNumber();
              Timestamp now = Timestamp.now();
              VolumeInfo info = catalogue.createVolume(volume, head, name, now);
              redo.write(new RedoRecord.CreateVolume(volume, head, name, now));
              Inode root = new Inode(FileTree.ROOT_INODE, ROOT_MODE, uid, gid, 0, now);
              Change change = new Change(engine.head(volume), redo);
              change.update(root);
              change.finish();
              return info;
            });
    engine.appends().persist();
    return created;
  }

  /** Refuses to change what is not, or not any more, what the caller takes it for. */
  private static <T> void require(Optional<T> found, Predicate<T> condition)
      throws FileSystemException {
    if (found.filter(condition).isEmpty()) {
      throw new FileSystemException(Errno.ENOENT, "it was renamed or deleted meanwhile");
    }
  }

  VolumeInfo rename(long volume, Predicate<VolumeInfo> condition, Name name) throws IOException {
    return changeDurably(
        redo -> {
          require(catalogue.volume(volume), condition);
          VolumeInfo info = catalogue.renameVolume(volume, name);
          redo.write(new RedoRecord.RenameVolume(volume, name));
          return info;
        });
  }

  SnapshotInfo renameSnapshot(long snapshot, Predicate<SnapshotInfo> condition, Name name)
      throws IOException {
    return changeDurably(
        redo -> {
          require(catalogue.snapshot(snapshot), condition);
          SnapshotInfo info = catalogue.renameSnapshot(snapshot, name);
          redo.write(new RedoRecord.RenameSnapshot(snapshot, name));
          return info;
        });
  }

  SnapshotInfo takeSnapshot(long volume, Name name) throws IOException {
    catalogue.checkSnapshotName(volume, name);
    SnapshotInfo taken =
        atExactPoint(
            volume,
            head ->
                change(
                    redo -> {
                      long newHead = versions.nextNumber();
                      Timestamp now = Timestamp.now();
                      SnapshotInfo info = catalogue.takeSnapshot(volume, name, newHead, now);
                      redo.write(new RedoRecord.TakeSnapshot(volume, name, newHead, now));
                      head.moveTo(catalogue.head(volume));
                      return info;
                    }));
    engine.appends().persist();
    return taken;
  }

  VolumeInfo cloneVolume(long volume, Name name) throws IOException {
    catalogue.checkCloneName(volume, name);
    VolumeInfo clone =
        atExactPoint(
            volume,
            head ->
                change(
                    redo -> {
                      long newHead = versions.nextNumber();
                      long newVolume = versions.nextNumber();
                      long cloneHead = versions.nextNumber();
                      Timestamp now = Timestamp.now();
                      VolumeInfo info =
                          catalogue.cloneVolume(volume, newHead, newVolume, cloneHead, name, now);
                      redo.write(
                          new RedoRecord.CloneVolume(
                              volume, newHead, newVolume, cloneHead, name, now));
                      head.moveTo(catalogue.head(volume));
                      return info;
                    }));
    engine.appends().persist();
    return clone;
  }

  VolumeInfo cloneSnapshot(long snapshot, Name name) throws IOException {
    engine.admitGrowth();
    VolumeInfo clone =
        change(
            redo -> {
              long newVolume = versions.nextNumber();
              long newHead = versions.nextNumber();
              Timestamp now = Timestamp.now();
              VolumeInfo info = catalogue.cloneSnapshot(snapshot, newVolume, newHead, name, now);
              redo.write(new RedoRecord.CloneSnapshot(snapshot, newVolume, newHead, name, now));
              return info;
            });
    engine.appends().persist();
    return clone;
  }

  /** Work on a head between two operations of it. */
  private interface Cut<T> {
    T at(Head head) throws IOException;
  }

  /**
   * Runs something at a point with all that was acknowledged before it and nothing after. Most of
   * what is dirty is flushed while writers go on.
   */
  private <T> T atExactPoint(long volume, Cut<T> cut) throws IOException {
    engine.admitGrowth();
    Head head = engine.head(volume);
    engine.flushing().flushAll(head);
    head.keepWritersOut();
    try {
      engine.flushing().flushAll(head);
      return cut.at(head);
    } finally {
      head.letWritersIn();
    }
  }

  /**
   * A tree as it is now, for as long as it is wanted. A snapshot is held, so that it is not deleted
   * meanwhile; of a volume its head is frozen, which takes no longer than a snapshot does, and
   * nobody waits while it is read. A store that takes no changes any more cannot do that, and there
   * nobody is kept waiting by the head's lock.
   */
  private FrozenTree freeze(FileTree tree) throws IOException {
    if (tree instanceof SnapshotTree snapshot) {
      snapshot.hold(FileTree.ROOT_INODE);
      return new FrozenTree(snapshot.view(), () -> snapshot.release(FileTree.ROOT_INODE));
    }
    Head head = ((VolumeTree) tree).head();
    if (engine.fault().isReported()) {
      head.lock.readLock().lock();
      return new FrozenTree(head.view(), head.lock.readLock()::unlock);
    }
    Version frozen =
        change(
            redo -> {
              long newHead = versions.nextNumber();
              Timestamp now = Timestamp.now();
              Version old = catalogue.freezeHead(head.volume, newHead, now);
              redo.write(new RedoRecord.FreezeHead(head.volume, newHead, now));
              head.moveTo(catalogue.head(head.volume));
              return old;
            });
    return new FrozenTree(engine.view(frozen), () -> release(frozen));
  }

  /** Freezes two trees in the order of their locks. */
  FrozenTrees freeze(FileTree from, FileTree to) throws IOException {
    boolean inOrder = ORDER_OF_LOCKS.compare(from, to) <= 0;
    FrozenTree first = freeze(inOrder ? from : to);
    try {
      FrozenTree second = freeze(inOrder ? to : from);
      return inOrder ? new FrozenTrees(first, second) : new FrozenTrees(second, first);
    } catch (IOException | RuntimeException | Error e) {
      first.close();
      throw e;
    }
  }

  private void release(Version frozen) {
    versions.release(frozen);
    wakeReaper.run();
  }

  void deleteSnapshot(long snapshot, Predicate<SnapshotInfo> condition) throws IOException {
    synchronized (this) {
      SnapshotTree open = snapshots.get(snapshot);
      try (Deletion deletion = new Deletion()) {
        if (open != null) {
          deletion.add(open.users(), open::isHeld, "the snapshot", () -> end(open));
        }
        change(
            redo -> {
              require(catalogue.snapshot(snapshot), condition);
              deletion.refuseHeld();
              catalogue.deleteSnapshot(snapshot);
              redo.write(new RedoRecord.DeleteSnapshot(snapshot));
              return true;
            });
        deletion.happened();
      }
    }
    wakeReaper.run();
    persistWhereThereIsRoom();
  }

  /** The volumes that are deleted when one is. */
  static List<VolumeInfo> goingWith(Catalogue catalogue, long volume, CloneDisposition clones)
      throws IOException {
    List<VolumeInfo> all = catalogue.withClones(volume);
    return clones == CloneDisposition.DELETE
        ? all
        : all.stream().filter(info -> info.id() == volume).toList();
  }

  void delete(long volume, Predicate<VolumeInfo> condition, CloneDisposition clones)
      throws IOException {
    deleteInMemory(volume, condition, clones);
    wakeReaper.run();
    persistWhereThereIsRoom();
  }

  private synchronized void deleteInMemory(
      long volume, Predicate<VolumeInfo> condition, CloneDisposition clones) throws IOException {
    List<VolumeInfo> going =
        goingWith(catalogue, volume, clones).stream()
            .sorted(Comparator.comparingLong(VolumeInfo::id))
            .toList();
    try (Deletion deletion = new Deletion()) {
      for (VolumeInfo info : going) {
        addSnapshots(deletion, info);
      }
      change(
          redo -> {
            for (VolumeInfo info : going) {
              addHead(deletion, info);
            }
            require(catalogue.volume(volume), condition);
            deletion.refuseHeld();
            catalogue.deleteVolume(volume, clones);
            redo.write(new RedoRecord.DeleteVolume(volume, clones));
            deletion.happened();
            return true;
          });
    }
    for (VolumeInfo info : going) {
      forget(info);
    }
  }

  private void addSnapshots(Deletion deletion, VolumeInfo info) throws IOException {
    for (SnapshotInfo snapshot : catalogue.snapshots(info.id())) {
      SnapshotTree open = snapshots.get(snapshot.version());
      if (open != null) {
        String what = "the snapshot %s of %s".formatted(snapshot.name(), info.fullName());
        deletion.add(open.users(), open::isHeld, what, () -> end(open));
      }
    }
  }

  private void end(SnapshotTree tree) {
    tree.setDeleted();
    snapshots.remove(tree.version());
  }

  private void addHead(Deletion deletion, VolumeInfo info) throws IOException {
    Head head = engine.head(info.id());
    String what = "the volume " + info.fullName();
    deletion.add(head.lock.writeLock(), head::isHeld, what, head::setDeleted);
  }

  private void forget(VolumeInfo info) throws IOException {
    Head head = engine.forget(info.id());
    volumes.remove(info.id());
    if (head != null) {
      FileOperations files = new FileOperations(engine, head);
      head.states().forEach(files::discard);
    }
  }
}
