package dev.brindle.store.volume;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.brindle.store.CallerThread;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.log.Log;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.tree.Tree;
import dev.brindle.store.version.Version;
import dev.brindle.store.version.VersionTree;
import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * The writable state of one volume: its head version, that version's tree, and what memory knows of
 * its inodes.
 */
final class Head {
  private static final long BARRIER_WAIT_MILLIS = 50;

  final long volume;

  /** Held shared by writers of file data; exclusively while a snapshot cuts between two writes. */
  final ReentrantReadWriteLock barrier = new ReentrantReadWriteLock();

  /** Excludes readers of the tree from its writer. */
  final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  private final VersionTree versions;
  private final Log log;
  private final Tree tree;
  private final TreeView view;
  private final RedoWriter redo = new RedoWriter();
  private final ConcurrentMap<Long, FileState> states = new ConcurrentHashMap<>();
  private volatile Version version;
  private volatile boolean deleted;

  Head(
      long volume, VersionTree versions, Log log, NodeStore nodes, Version version, NameHash hash) {
    this.volume = volume;
    this.versions = versions;
    this.log = log;
    this.version = version;
    this.tree = new Tree(nodes, versions.ownership(version), version.root());
    this.view = new HeadView(tree, hash, states::containsKey);
  }

  /**
   * Waits while a snapshot cuts; ends with {@code barrier.readLock().unlock()}.
   *
   * @throws FileSystemException EINTR when the caller is gone
   */
  void passBarrier() throws FileSystemException {
    Lock shared = barrier.readLock();
    while (!Uninterruptibles.tryLockUninterruptibly(
        shared, BARRIER_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
      CallerThread.refuseIfGone();
    }
  }

  /** Has whoever changes this wait until {@link #letWritersIn}. */
  void keepWritersOut() {
    barrier.writeLock().lock();
  }

  /**
   * As {@link #keepWritersOut}; false when somebody else does that, who may wait for the caller.
   */
  boolean tryKeepWritersOut() {
    while (!Uninterruptibles.tryLockUninterruptibly(
        barrier.writeLock(), BARRIER_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
      if (barrier.isWriteLocked()) {
        return false;
      }
    }
    return true;
  }

  void letWritersIn() {
    barrier.writeLock().unlock();
  }

  long version() {
    return version.id();
  }

  Version versionRow() {
    return version;
  }

  TreeView view() {
    return view;
  }

  RedoWriter redo() {
    return redo;
  }

  /** The volume's head is another version from here on; the tree goes on from where it is. */
  void moveTo(Version newHead) {
    version = newHead;
    tree.rebase(versions.ownership(newHead));
  }

  /** The number for a new inode; it is taken when the inode's item is put, in the same change. */
  long nextInode() {
    return version.nextInode();
  }

  /**
   * To be called first by whoever has the lock.
   *
   * @throws FileSystemException ESTALE when the volume was deleted
   */
  void refuseDeleted() throws FileSystemException {
    if (deleted) {
      throw new FileSystemException(Errno.ESTALE);
    }
  }

  /** True when somebody holds an inode of it; under the lock, exclusively. */
  boolean isHeld() {
    return states.values().stream().anyMatch(FileState::isHeld);
  }

  /** True when the volume was deleted: nothing of it is wanted any more. */
  boolean isDeleted() {
    return deleted;
  }

  /** Under the lock, exclusively. */
  void setDeleted() {
    deleted = true;
  }

  /** Returns the value there was; null when there was none. */
  byte @Nullable [] put(long high, long offset, byte[] value) throws IOException {
    byte[] previous = tree.put(high, offset, value);
    if (ItemType.typeOf(high) == ItemType.INODE && previous == null) {
      version.setInodeCount(version.inodeCount() + 1);
      version.setNextInode(Math.max(version.nextInode(), ItemType.inodeOf(high) + 1));
    }
    version.setRoot(tree.root());
    return previous;
  }

  /** Returns the value there was; null when there was none. */
  byte @Nullable [] remove(long high, long offset) throws IOException {
    byte[] previous = tree.remove(high, offset);
    if (ItemType.typeOf(high) == ItemType.INODE && previous != null) {
      version.setInodeCount(version.inodeCount() - 1);
    }
    version.setRoot(tree.root());
    return previous;
  }

  void allocate(long address, int blocks) {
    log.markLive(address, blocks);
    versions.allocated(version, (long) blocks * Extent.BLOCK_BYTES);
  }

  void share(long address, int blocks) throws IOException {
    versions.share(version, address, blocks);
  }

  /** Takes back {@link #share}. */
  void unshare(long address, int blocks) throws IOException {
    versions.unshare(version, address, blocks);
  }

  void free(long address, int blocks, long born) throws IOException {
    versions.release(version, address, blocks, born);
  }

  @Nullable FileState state(long inode) {
    return states.get(inode);
  }

  /** The inode's state, made when there is none; under the lock. */
  FileState attach(Inode inode) {
    return states.computeIfAbsent(inode.number, number -> new FileState(inode));
  }

  /** Forgets a state that nobody holds and the tree knows all of; under the lock, exclusively. */
  void detachIfIdle(FileState state) {
    if (state.isIdle()) {
      detach(state);
    }
  }

  /** Forgets the state of what is being removed; under the lock, exclusively. */
  void detach(FileState state) {
    states.remove(state.inode, state);
  }

  Collection<FileState> states() {
    return states.values();
  }
}
