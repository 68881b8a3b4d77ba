package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import dev.brindle.store.disk.DiskFullException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Brings what is dirty in memory to the log: of one file, of a volume, of all. How one file goes
 * there is {@link Flush}'s, and what is done in the background {@link Flusher}'s.
 */
final class Flushing {
  private final Engine engine;
  private final long wholeIntervalNanos;

  /** A checkpoint had enough, and left something to later ones. */
  private volatile boolean leftByCheckpoint;

  /** When everything that was dirty then was in the log, by {@link System#nanoTime}. */
  private volatile long wholeAt = System.nanoTime();

  /** What the host said when it last refused to take what is in memory; null when it took it. */
  private volatile @Nullable String unsavedReason;

  /**
   * @param wholeIntervalMillis the longest time that data stays dirty while there are changes
   */
  Flushing(Engine engine, long wholeIntervalMillis) {
    this.engine = engine;
    this.wholeIntervalNanos = TimeUnit.MILLISECONDS.toNanos(wholeIntervalMillis);
  }

  /**
   * Flushes a file.
   *
   * @throws CorruptStoreException the file's part of the tree is damaged: what was dirty is lost,
   *     and this is what every later flush of it says
   */
  void flush(Head head, FileState state, boolean withRedo) throws IOException {
    run(head, state, flush -> flush.run(withRedo));
  }

  /** Flushes as much of a file as is dirty, for the sake of the memory; as {@link #flush}. */
  void flushForRoom(Head head, FileState state) throws IOException {
    run(head, state, Flush::runForRoom);
  }

  private interface Way {
    void run(Flush flush) throws IOException;
  }

  private void run(Head head, FileState state, Way way) throws IOException {
    state.refuseAfterLoss();
    if (!state.isClean()) {
      try {
        way.run(new Flush(engine, head, state));
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
    // where somebody else met the damage, nothing was left to flush
    state.refuseAfterLoss();
  }

  /** Gives up what is dirty of a file: the bound on dirty data is everybody's. */
  private void lose(Head head, FileState state, CorruptStoreException cause) {
    head.lock.writeLock().lock();
    try {
      state.lost(cause);
      new FileOperations(engine, head).discard(state);
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
    runAll(head, flush -> flush.run(false));
  }

  private void runAll(Head head, Way way) throws IOException {
    CorruptStoreException damage = null;
    for (FileState state : head.states()) {
      if (!state.isClean() && !state.isLost()) {
        try {
          run(head, state, way);
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
    runAll(flush -> flush.run(false));
  }

  /** Flushes as much as is dirty, for the sake of the memory; as {@link #flushAll()}. */
  void flushAllForRoom() throws IOException {
    runAll(Flush::runForRoom);
  }

  private void runAll(Way way) throws IOException {
    CorruptStoreException damage = null;
    for (Head head : engine.heads()) {
      try {
        runAll(head, way);
      } catch (CorruptStoreException e) {
        damage = e;
      }
    }
    if (damage != null) {
      throw damage;
    }
  }

  /**
   * Flushes what is dirty, as far as the disk has room. What is left stays dirty.
   *
   * @throws FileSystemException EROFS
   */
  void flushAllThatFits() throws IOException {
    runAllThatFits(flush -> flush.run(false));
  }

  /**
   * As {@link #flushAllThatFits}, as long as the checkpoint that follows is not large: a full disk
   * must not keep it from making deletions durable, which give space back.
   */
  void flushForCheckpoint() throws IOException {
    long start = System.nanoTime();
    runAllThatFits(Flush::runForCheckpoint);
    leftByCheckpoint = engine.backlog().hasEnoughForCheckpoint();
    if (!leftByCheckpoint) {
      wholeAt = start;
    }
  }

  /** Whether the last checkpoint left something, perhaps. */
  boolean hasLeft() {
    return leftByCheckpoint;
  }

  /** Whether checkpoints, one after the other, have left something for too long. */
  boolean isOverdue() {
    return leftByCheckpoint && System.nanoTime() - wholeAt > wholeIntervalNanos;
  }

  /** Flushes what checkpoints have left. */
  void flushOverdue() throws IOException {
    long start = System.nanoTime();
    flushAll();
    leftByCheckpoint = false;
    wholeAt = start;
  }

  private void runAllThatFits(Way way) throws IOException {
    try {
      runAll(way);
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

  /** Steps that a flush of everything still has to make, at the most; 0 when nothing is dirty. */
  long unflushed() {
    return engine.heads().stream()
        .flatMap(head -> head.states().stream())
        .filter(state -> !state.isClean() && !state.isLost())
        .mapToLong(state -> 1L + state.dirtyPageCount())
        .sum();
  }

  /** Has a file flushed in the background. */
  void flushSoon(Head head, FileState state) {
    engine.flusher().add(head, state);
  }

  /** The data of a renamed file goes ahead of its new name. */
  void flushBeforeRename(Head head, long directory, Name name) throws IOException {
    Optional<FileState> state =
        engine.look(
            head,
            view ->
                Optional.ofNullable(DirentItem.find(view.direntItem(directory, name), name))
                    .map(entry -> head.state(entry.inode())));
    if (state.isPresent()) {
      flush(head, state.get(), false);
    }
  }

  @Nullable String unsavedReason() {
    return unsavedReason;
  }

  /** The host has no room for a checkpoint. */
  void refused(DiskFullException answer) {
    unsavedReason = answer.getMessage();
  }
}
