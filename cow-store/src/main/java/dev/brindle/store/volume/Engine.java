package dev.brindle.store.volume;

import dev.brindle.store.CallerThread;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.SpaceStatistics;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.index.Index;
import dev.brindle.store.log.Log;
import dev.brindle.store.log.Pin;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.tree.TreeReader;
import dev.brindle.store.version.Version;
import dev.brindle.store.version.VersionTree;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an open store, and how an operation runs on them: which locks, which admission, and
 * what becomes of a failure.
 */
final class Engine {
  /** A node goes to a journal and to its place; those that snapshots share took 2.3 in a test. */
  private static final int DISK_PER_NODE = 3;

  /** Room for the nodes that an operation may add, in bytes. */
  private static final long OPERATION_BYTES = 256 << 10;

  private final Disk disk;
  private final Index index;
  private final NodeStore nodes;
  private final VersionTree versions;
  private final Log log;
  private final NameHash hash;
  private final StoreFormat format;
  private final Gate gate = new Gate();
  private final PendingRedo pending = new PendingRedo();
  private final WriteFault fault = new WriteFault();
  private final DirtyBytes dirtyBytes;
  private final SpaceGuard space;
  private final Backlog backlog;
  private final ConcurrentMap<Long, Head> heads = new ConcurrentHashMap<>();
  private final LogAppends appends;
  private final Flushing flushing;
  private final InodeRemoval removal;
  private final Flusher flusher;

  /** The number of the checkpoint that will hold what changes now; set under the closed gate. */
  private volatile long nextCheckpoint;

  Engine(
      Disk disk,
      Index index,
      NodeStore nodes,
      VersionTree versions,
      Log log,
      NameHash hash,
      StoreFormat format,
      StoreOptions options,
      long lastCheckpoint) {
    this.disk = disk;
    this.index = index;
    this.nodes = nodes;
    this.versions = versions;
    this.log = log;
    this.hash = hash;
    this.format = format;
    this.nextCheckpoint = lastCheckpoint + 1;
    this.flusher = new Flusher(this);
    this.dirtyBytes = new DirtyBytes(options.dirtyBytesMax(), flusher::wake);
    this.backlog = new Backlog(nodes, log, pending, options.nodeCacheBytesMax() / 2, flusher::wake);
    this.space =
        new SpaceGuard(
            disk,
            () -> dirtyBytes.bytes() + pending.bytes() + DISK_PER_NODE * nodes.unsettledBytes(),
            log::reservedBytes,
            log.segmentBytes(),
            log::wantSpace);
    this.appends = new LogAppends(log, pending, fault, space);
    this.flushing = new Flushing(this, options.checkpointIntervalMillis());
    this.removal = new InodeRemoval(this);
  }

  /** An operation that reads. */
  interface Look<T> {
    T at(TreeView view) throws IOException;
  }

  /** An operation that changes. */
  interface Body<T> {
    T apply(Change change) throws IOException;
  }

  // ---- Operations

  <T> T look(Head head, Look<T> look) throws IOException {
    head.lock.readLock().lock();
    try {
      head.refuseDeleted();
      return look.at(head.view());
    } finally {
      head.lock.readLock().unlock();
    }
  }

  /**
   * Runs an operation that may take space.
   *
   * @throws FileSystemException ENOSPC, EROFS, EINTR, or what the body refuses
   */
  <T> T grow(Head head, Body<T> body) throws IOException {
    admitGrowth();
    return shrink(head, body);
  }

  /**
   * As {@link #grow(Head, Body)}, while another head is read as well.
   *
   * @param read null for none; may be the head itself
   */
  <T> T grow(Head head, @Nullable Head read, Body<T> body) throws IOException {
    admitGrowth();
    backlog.await(fault);
    head.passBarrier();
    try {
      return flushChange(head, read == head ? null : read, body);
    } finally {
      head.barrier.readLock().unlock();
    }
  }

  /** Runs an operation that must go on when the disk is full. */
  <T> T shrink(Head head, Body<T> body) throws IOException {
    backlog.await(fault);
    head.passBarrier();
    try {
      return flushChange(head, body);
    } finally {
      head.barrier.readLock().unlock();
    }
  }

  /** Runs an operation of the store's own: no admission, and not kept out by the barrier. */
  <T> T flushChange(Head head, Body<T> body) throws IOException {
    return flushChange(head, null, body);
  }

  private <T> T flushChange(Head head, @Nullable Head read, Body<T> body) throws IOException {
    fault.refuseChanges();
    try (Pin pin = log.pin()) {
      gate.shared().lock();
      lock(head, read);
      try {
        // who reported a fault had these locks: what he has left of a tree goes no further
        fault.refuseChanges();
        head.refuseDeleted();
        if (read != null) {
          read.refuseDeleted();
        }
        return run(head, body);
      } finally {
        unlock(head, read);
        gate.shared().unlock();
      }
    }
  }

  /** Two heads in the order of their volumes' numbers. */
  private static void lock(Head head, @Nullable Head read) {
    if (read != null && read.volume < head.volume) {
      read.lock.readLock().lock();
    }
    head.lock.writeLock().lock();
    if (read != null && read.volume > head.volume) {
      read.lock.readLock().lock();
    }
  }

  private static void unlock(Head head, @Nullable Head read) {
    head.lock.writeLock().unlock();
    if (read != null) {
      read.lock.readLock().unlock();
    }
  }

  private <T> T run(Head head, Body<T> body) throws IOException {
    RedoWriter redo = head.redo();
    redo.begin(nextCheckpoint);
    Change change = new Change(head, redo);
    try {
      T result = body.apply(change);
      change.finish();
      if (change.hasChanged()) {
        CallerThread.markBegun();
        pending.add(redo.operation());
      }
      // not before: who finds a file clean takes the redo for all of it
      change.tellMemory();
      return result;
    } catch (IOException e) {
      takeBack(head, change, e);
      throw e;
    } catch (RuntimeException | Error e) {
      if (change.hasBegun()) {
        fault.report("an operation on volume " + head.volume, e);
      }
      throw e;
    } finally {
      change.detachIdle();
    }
  }

  /** An operation that could not read what it needs leaves no trace, and others go on. */
  private void takeBack(Head head, Change change, IOException cause) {
    try {
      if (change.hasChanged() && change.canBeTakenBack()) {
        change.takeBack();
      } else if (change.hasChanged()) {
        fault.report("an operation on volume " + head.volume, cause);
      }
    } catch (IOException | RuntimeException | Error e) {
      cause.addSuppressed(e);
      fault.report("an operation on volume " + head.volume, cause);
    }
  }

  // ---- Admission

  /** Refuses what would take space on a full disk. Takes no lock and does not wait. */
  void admitGrowth() throws IOException {
    space.admit(OPERATION_BYTES);
  }

  void admitSpace(long bytes) throws IOException {
    space.admit(bytes);
  }

  /** Waits until so much file data may be taken into memory. */
  void admitWrite(int bytes) throws IOException {
    fault.refuseChanges();
    dirtyBytes.await(fault);
    space.admit(bytes);
  }

  // ---- Inodes

  Inode readInode(Head head, long number) throws IOException {
    return look(head, view -> view.inode(number));
  }

  InodeAttributes attributes(Head head, Inode inode) {
    FileState state = head.state(inode.number);
    return state == null ? inode.attributes() : state.attributes(inode);
  }

  // ---- Parts

  Log log() {
    return log;
  }

  Index index() {
    return index;
  }

  NodeStore nodes() {
    return nodes;
  }

  VersionTree versions() {
    return versions;
  }

  Gate gate() {
    return gate;
  }

  PendingRedo pending() {
    return pending;
  }

  WriteFault fault() {
    return fault;
  }

  DirtyBytes dirtyBytes() {
    return dirtyBytes;
  }

  Backlog backlog() {
    return backlog;
  }

  LogAppends appends() {
    return appends;
  }

  Flushing flushing() {
    return flushing;
  }

  InodeRemoval removal() {
    return removal;
  }

  Flusher flusher() {
    return flusher;
  }

  StoreFormat format() {
    return format;
  }

  NameHash hash() {
    return hash;
  }

  long nextCheckpoint() {
    return nextCheckpoint;
  }

  /** Under the closed gate. */
  void checkpointFrozen() {
    nextCheckpoint++;
  }

  /** The heads that were asked for. */
  Collection<Head> heads() {
    return heads.values();
  }

  /** The head of a volume, made when it is first asked for. */
  Head head(long volume) throws IOException {
    Head head = heads.get(volume);
    return head != null ? head : newHead(volume);
  }

  /**
   * Makes a head. That of a volume which is deleted meanwhile is there before the deletion asks for
   * it, or is not made: left behind, it would open the volume once more.
   */
  private synchronized Head newHead(long volume) throws IOException {
    Head head = heads.get(volume);
    if (head == null) {
      head = new Head(volume, versions, log, nodes, versions.catalogue().head(volume), hash);
      heads.put(volume, head);
    }
    return head;
  }

  /** The head that a version is; null when it is none. */
  @Nullable Head headOf(Version version) throws IOException {
    boolean isHead =
        versions.catalogue().volume(version.volumeId()).isPresent()
            && versions.catalogue().head(version.volumeId()) == version;
    return isHead ? head(version.volumeId()) : null;
  }

  @Nullable Head forget(long volume) {
    return heads.remove(volume);
  }

  /** A version that is no head. */
  TreeView view(Version version) {
    return new FrozenView(new TreeReader(nodes, version.root()), hash);
  }

  SpaceStatistics statistics(long inodes) throws IOException {
    long available = space.availableBytes();
    long free = Math.max(available, disk.freeBytes());
    return new SpaceStatistics(log.statistics().liveBytes() + free, free, available, inodes);
  }
}
