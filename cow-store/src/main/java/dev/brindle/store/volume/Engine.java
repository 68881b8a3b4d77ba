package dev.brindle.store.volume;

import dev.brindle.store.CallerThread;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.SpaceStatistics;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.DiskFullException;
import dev.brindle.store.index.Index;
import dev.brindle.store.log.Append;
import dev.brindle.store.log.Log;
import dev.brindle.store.log.LogPosition;
import dev.brindle.store.log.Pin;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.tree.TreeReader;
import dev.brindle.store.version.Version;
import dev.brindle.store.version.VersionTree;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The parts of an open store, and how an operation runs on them: which locks, which admission, and
 * what becomes of a failure.
 */
final class Engine {
  /** Room for the nodes that an operation may add, in bytes. */
  private static final long OPERATION_BYTES = 256 << 10;

  /** Items of an inode that its last unlink removes at once; more are removed step by step. */
  private static final int PURGE_ITEMS = 512;

  private static final int REDO_SLACK_BYTES = 64 << 10;

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
  private final Flusher flusher;

  /** What the host said when it last refused to take what is in memory; null when it took it. */
  private volatile @Nullable String unsavedReason;

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
    this.backlog = new Backlog(nodes, pending, options.nodeCacheBytesMax() / 2, flusher::wake);
    this.space =
        new SpaceGuard(
            disk,
            () -> dirtyBytes.bytes() + pending.bytes() + 2 * nodes.dirtyBytes(),
            log::reservedBytes,
            log.segmentBytes(),
            log::wantSpace);
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
      return result;
    } catch (IOException e) {
      takeBack(head, change, e);
      throw e;
    } catch (RuntimeException | Error e) {
      if (change.hasChanged()) {
        fault.report("an operation on volume " + head.volume, e);
      }
      throw e;
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

  /**
   * Removes an inode that has lost its last name, unless it is held.
   *
   * @return the inode when it is too large to be removed at once, else 0
   */
  long dropUnreferenced(Change change, Inode inode) throws IOException {
    Head head = change.head();
    FileState state = head.state(inode.number);
    if (state != null && state.isHeld()) {
      change.addOrphan(inode.number);
      return 0;
    }
    if (state != null) {
      change.whenDone(
          () -> {
            new FileOperations(this, head).discard(state);
            head.detachIfIdle(state);
          });
    }
    Change.Mark mark = change.mark();
    try {
      if (change.purge(inode.number, PURGE_ITEMS)) {
        return 0;
      }
    } catch (CorruptStoreException e) {
      Logger.error(
          e,
          "inode {} of volume {} is unlinked, but its blocks stay taken: it is damaged",
          inode.number,
          head.volume);
      change.takeBack(mark);
      change.addOrphan(inode.number);
      return 0;
    }
    change.addOrphan(inode.number);
    return inode.number;
  }

  /** Removes, step by step, what is left of an inode; 0 is none. */
  void purge(Head head, long inode) throws IOException {
    boolean done = inode == 0;
    while (!done) {
      done = shrink(head, change -> change.purge(inode, PURGE_ITEMS));
    }
  }

  /**
   * Ends a hold; the last one of a file without names removes it. Nothing keeps the volume from
   * being deleted from then on, and with it went what is left to do. Nobody else ends it, so it is
   * done whoever waits.
   */
  void release(Head head, long inode) throws IOException {
    CallerThread.markBegun();
    FileState state = head.state(inode);
    if (state == null) {
      throw new IllegalStateException("inode " + inode + " is not held");
    }
    if (state.release() > 0) {
      return;
    }
    try {
      released(head, state);
    } catch (FileSystemException e) {
      if (!head.isDeleted()) {
        throw e;
      }
    }
  }

  private void released(Head head, FileState state) throws IOException {
    if (state.takeTruncatedToZero()) {
      flush(head, state, false);
    }
    boolean named = look(head, view -> isNamed(view.find(state.inode)));
    if (!named && !fault.isReported()) {
      purge(head, shrink(head, change -> dropOrphan(change, state)));
    } else if (state.isClean()) {
      head.lock.writeLock().lock();
      try {
        head.detachIfIdle(state);
      } finally {
        head.lock.writeLock().unlock();
      }
    }
  }

  private static boolean isNamed(@Nullable Inode inode) {
    return inode != null && inode.linkCount > 0;
  }

  private long dropOrphan(Change change, FileState state) throws IOException {
    Inode inode = change.view().find(state.inode);
    if (inode == null || inode.linkCount > 0 || state.isHeld()) {
      return 0;
    }
    return dropUnreferenced(change, inode);
  }

  // ---- Flushing

  /**
   * Flushes a file.
   *
   * @throws CorruptStoreException the file's part of the tree is damaged: what was dirty is lost,
   *     and this is what every later flush of it says
   */
  void flush(Head head, FileState state, boolean withRedo) throws IOException {
    state.refuseAfterLoss();
    if (!state.isClean()) {
      try {
        new Flush(this, head, state).run(withRedo);
      } catch (CorruptStoreException e) {
        Logger.error(
            e,
            "inode {} of volume {} is damaged: {} bytes written to it are lost",
            state.inode,
            head.volume,
            (long) state.dirtyPageCount() * FileState.PAGE_BYTES);
        lose(head, state, e);
        throw e;
      }
    }
  }

  /** Gives up what is dirty of a file: the bound on dirty data is everybody's. */
  private void lose(Head head, FileState state, CorruptStoreException cause) {
    head.lock.writeLock().lock();
    try {
      new FileOperations(this, head).discard(state);
      state.lost(cause);
      Inode inode = head.view().find(state.inode);
      state.sizeStored(inode == null ? 0 : inode.size);
    } catch (IOException e) {
      cause.addSuppressed(e);
    } finally {
      head.lock.writeLock().unlock();
    }
  }

  /**
   * Flushes every file of a volume that is dirty now; of one that is deleted meanwhile nothing has
   * to be.
   *
   * @throws CorruptStoreException one or more could not be flushed; all others were
   */
  void flushAll(Head head) throws IOException {
    CorruptStoreException damage = null;
    for (FileState state : head.states()) {
      if (!state.isClean() && !state.isLost()) {
        try {
          flush(head, state, false);
        } catch (CorruptStoreException e) {
          damage = e;
        } catch (FileSystemException e) {
          if (!head.isDeleted()) {
            throw e;
          }
        }
      }
    }
    if (damage != null) {
      throw damage;
    }
  }

  /** Flushes every file that is dirty now; like {@link #flushAll(Head)}. */
  void flushAll() throws IOException {
    CorruptStoreException damage = null;
    for (Head head : heads.values()) {
      try {
        flushAll(head);
      } catch (CorruptStoreException e) {
        damage = e;
      }
    }
    if (damage != null) {
      throw damage;
    }
  }

  /**
   * Flushes what is dirty, as far as the disk has room: a full one must not keep a checkpoint from
   * making deletions durable, which give space back. What is left stays dirty.
   */
  void flushAllThatFits() throws IOException {
    try {
      flushAll();
      unsavedReason = null;
    } catch (CorruptStoreException e) {
      unsavedReason = null;
      Logger.debug("a damaged file was left out: {}", e.getMessage());
    } catch (FileSystemException e) {
      if (!SpaceGuard.isFull(e)) {
        throw e;
      }
      unsavedReason = e.getMessage();
      Logger.warn("file data stays in memory, the host's disk is full: {}", e.getMessage());
    }
  }

  /** Has a file flushed in the background. */
  void flushSoon(Head head, FileState state) {
    flusher.add(head, state);
  }

  /** The data of a renamed file goes ahead of its new name. */
  void flushBeforeRename(Head head, long directory, Name name) throws IOException {
    Optional<FileState> state =
        look(
            head,
            view ->
                Optional.ofNullable(DirentItem.find(view.direntItem(directory, name), name))
                    .map(entry -> head.state(entry.inode())));
    if (state.isPresent()) {
      flush(head, state.get(), false);
    }
  }

  /**
   * Begins an append to the log.
   *
   * @throws FileSystemException ENOSPC before anything has changed
   */
  Append beginAppend(int dataBlocks, boolean withRedo) throws IOException {
    fault.refuseSync();
    try {
      int redoBytes = withRedo ? (int) pending.bytes() + REDO_SLACK_BYTES : 0;
      return log.begin(dataBlocks, redoBytes);
    } catch (DiskFullException e) {
      reportLogFailure();
      Errno errno = e.isQuota() ? Errno.EDQUOT : Errno.ENOSPC;
      if (e.isQuota()) {
        space.refusedBy(errno);
      }
      throw new FileSystemException(errno, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      reportLogFailure();
      // whoever waits for this to be flushed would wait for ever
      fault.report("making room in the log", e);
      throw e;
    }
  }

  /** What poisoned the log makes the store read-only, and its status says so. */
  private void reportLogFailure() {
    Throwable cause = log.failure();
    if (cause != null) {
      fault.report("a write to the log", cause);
    }
  }

  /** The most pages that one append takes. */
  int appendBlocksMax() {
    return Math.min(Extent.BLOCKS_MAX, log.dataBlocksMax());
  }

  /** Writes what was placed in an append, and the redo that waits. */
  void write(Append append, boolean withRedo) throws IOException {
    try {
      append.write(withRedo ? pending.take() : List.of());
    } catch (IOException | RuntimeException | Error e) {
      fault.report("a write to the log", e);
      throw e;
    }
  }

  /** Makes everything durable that is in the log or waits to be. */
  void persist() throws IOException {
    LogPosition end = writeRedo();
    try {
      log.sync(end);
    } catch (IOException | RuntimeException e) {
      fault.report("a sync of the log", e);
      throw e;
    }
  }

  /** Writes the redo that waits to the log. */
  LogPosition writeRedo() throws IOException {
    try (Append append = beginAppend(0, true)) {
      write(append, true);
      return log.position();
    }
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

  Flusher flusher() {
    return flusher;
  }

  @Nullable String unsavedReason() {
    return unsavedReason;
  }

  /** The host has no room for a checkpoint. */
  void refused(DiskFullException answer) {
    unsavedReason = answer.getMessage();
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

  /** The head of a volume, made when it is first asked for. */
  Head head(long volume) throws IOException {
    Head head = heads.get(volume);
    if (head == null) {
      Version version = versions.catalogue().head(volume);
      head = heads.computeIfAbsent(volume, id -> new Head(id, versions, log, nodes, version, hash));
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

  TreeView view(Version version) {
    return new TreeView(new TreeReader(nodes, version.root()), hash);
  }

  SpaceStatistics statistics(long inodes) throws IOException {
    long available = space.availableBytes();
    long free = Math.max(available, disk.freeBytes());
    return new SpaceStatistics(log.statistics().liveBytes() + free, free, available, inodes);
  }
}
