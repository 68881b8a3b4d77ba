package dev.brindle.store.volume;

import dev.brindle.store.CallerThread;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.log.Log;
import dev.brindle.store.tree.NodeStore;
import java.io.IOException;

/**
 * What operations have left for the next checkpoint: dirty nodes, redo, and dead blocks. Redo that
 * is long goes to the log early; dirty nodes past a bound ask for a checkpoint. Twice the bound of
 * nodes, with those that a checkpoint is writing, and very long redo make operations wait, and
 * flushes: each page of a large file that is written here and there makes a node dirty. Dead blocks
 * ask for a checkpoint when they fill many segments: until then the log takes new files, new space
 * and new memory of the host for what it could write over.
 */
final class Backlog {
  private static final long REDO_BYTES_WANTED = 4L << 20;
  private static final long REDO_BYTES_MAX = 32L << 20;
  private static final long WAIT_MILLIS = 20;
  private static final int DIED_SEGMENTS_MAX = 16;

  private final NodeStore nodes;
  private final Log log;
  private final PendingRedo pending;
  private final long dirtyNodeBytesMax;
  private final Runnable wakeFlusher;
  private volatile Runnable wakeCheckpointer = () -> {};
  private volatile boolean diskFull;
  private volatile boolean redoRefused;
  private volatile boolean knowsMuchDied;

  Backlog(
      NodeStore nodes, Log log, PendingRedo pending, long dirtyNodeBytesMax, Runnable wakeFlusher) {
    this.nodes = nodes;
    this.log = log;
    this.pending = pending;
    this.dirtyNodeBytesMax = dirtyNodeBytesMax;
    this.wakeFlusher = wakeFlusher;
  }

  void setWakeCheckpointer(Runnable wake) {
    wakeCheckpointer = wake;
  }

  /** The last checkpoint found the disk full, or not. */
  void setDiskFull(boolean full) {
    diskFull = full;
  }

  /** The disk was too full for redo, or took it. */
  void setRedoRefused(boolean refused) {
    redoRefused = refused;
  }

  /**
   * Has a checkpoint begun when there is much for it. Of dead blocks it is told once: what is dead
   * while it begins is let go by it.
   */
  void hurryCheckpoint() {
    boolean muchDied = log.diedBytes() > DIED_SEGMENTS_MAX * log.segmentBytes();
    if (hasEnoughForCheckpoint() || (muchDied && !knowsMuchDied)) {
      wakeCheckpointer.run();
    }
    if (knowsMuchDied != muchDied) {
      knowsMuchDied = muchDied;
    }
  }

  /** A checkpoint need not wait for more dirty nodes. */
  boolean hasEnoughForCheckpoint() {
    return nodes.dirtyBytes() > dirtyNodeBytesMax;
  }

  boolean wantsRedoWritten() {
    return pending.bytes() > REDO_BYTES_WANTED;
  }

  private boolean hasTooMuchRedo() {
    return pending.bytes() > REDO_BYTES_MAX;
  }

  private boolean hasTooManyNodes() {
    return nodes.unsettledBytes() > 2 * dirtyNodeBytesMax;
  }

  /**
   * Waits until an operation may add to the backlog. Called with no lock held.
   *
   * @throws FileSystemException ENOSPC; EROFS; EINTR when the caller is gone
   */
  void await(WriteFault fault) throws IOException {
    fault.refuseChanges();
    if (wantsRedoWritten()) {
      wakeFlusher.run();
    }
    hurryCheckpoint();
    while (hasTooManyNodes() || hasTooMuchRedo()) {
      CallerThread.refuseIfGone();
      pause(fault);
    }
  }

  /**
   * As {@link #await}, for a flush: it goes on without its caller, and writes redo itself.
   *
   * @throws FileSystemException ENOSPC; EROFS; EINTR
   */
  void awaitForFlush(WriteFault fault) throws IOException {
    while (hasTooManyNodes()) {
      hurryCheckpoint();
      pause(fault);
    }
  }

  private void pause(WriteFault fault) throws IOException {
    try {
      Thread.sleep(WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FileSystemException(Errno.EINTR);
    }
    fault.refuseChanges();
    if (diskFull || (redoRefused && hasTooMuchRedo())) {
      throw new FileSystemException(Errno.ENOSPC);
    }
    if (wantsRedoWritten()) {
      wakeFlusher.run();
    }
  }
}
