package dev.brindle.store.volume;

import dev.brindle.store.CallerThread;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileSystemException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The end of inodes: of one without names and holds at once or, where it has much, step by step; of
 * one that is still held when the last hold ends. What a crash interrupts is in the head's list of
 * orphans.
 */
final class InodeRemoval {
  /** Items of an inode that its last unlink removes at once; more are removed step by step. */
  private static final int PURGE_ITEMS = 512;

  private final Engine engine;

  InodeRemoval(Engine engine) {
    this.engine = engine;
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
            new FileOperations(engine, head).discard(state);
            head.detach(state);
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
      done = engine.shrink(head, change -> change.purge(inode, PURGE_ITEMS));
    }
  }

  /**
   * Removes a part of an orphan that an earlier process left. One of this process has a state until
   * its last hold has ended and what that does is done.
   *
   * @return whether nothing is left of it, or it is not one of those
   */
  boolean purgeLeft(Head head, long inode) throws IOException {
    return engine.shrink(
        head,
        change -> {
          boolean isOfThisProcess = head.state(inode) != null;
          boolean isOrphan = change.isOrphan(inode) && !isNamed(change.view().find(inode));
          return isOfThisProcess || !isOrphan || change.purge(inode, PURGE_ITEMS);
        });
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
      engine.flushing().flush(head, state, false);
    }
    boolean named = engine.look(head, view -> isNamed(view.find(state.inode)));
    if (!named && !engine.fault().isReported()) {
      purge(head, engine.shrink(head, change -> dropOrphan(change, state)));
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
}
