package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.tinylog.Logger;

/**
 * Flushes in the background: files with long runs of dirty pages, everything when half of what may
 * be dirty is, or when checkpoints have left it for long, and redo that has become long.
 */
final class Flusher {
  private static final long IDLE_MILLIS = 1_000;

  private record Task(Head head, FileState state) {}

  private final Engine engine;
  private final Worker worker;
  private final ConcurrentLinkedQueue<Task> tasks = new ConcurrentLinkedQueue<>();
  private boolean failedBefore;

  Flusher(Engine engine) {
    this.engine = engine;
    this.worker = new Worker("brindle-flush", IDLE_MILLIS, this::round, engine.fault()::report);
  }

  void start() {
    worker.start();
  }

  void stop() {
    worker.stop();
  }

  void wake() {
    worker.wake();
  }

  void add(Head head, FileState state) {
    Task task = new Task(head, state);
    if (!tasks.contains(task)) {
      tasks.add(task);
      worker.wake();
    }
  }

  private void round() throws IOException {
    if (engine.fault().isReported()) {
      tasks.clear();
      return;
    }
    try {
      // not those that come meanwhile, of which there may always be one
      for (int left = tasks.size(); left > 0; left--) {
        flush(tasks.remove());
      }
      flushAllSound();
      writeRedo();
      engine.dirtyBytes().setDiskFull(false);
      failedBefore = false;
    } catch (FileSystemException e) {
      if (!SpaceGuard.isFull(e)) {
        throw e;
      }
      engine.dirtyBytes().setDiskFull(true);
      if (!failedBefore) {
        failedBefore = true;
        throw new IOException("flushing found the host's disk full", e);
      }
    }
  }

  private void writeRedo() throws IOException {
    try {
      if (engine.backlog().wantsRedoWritten()) {
        engine.appends().writeRedo();
      }
      engine.backlog().setRedoRefused(false);
    } catch (FileSystemException e) {
      engine.backlog().setRedoRefused(SpaceGuard.isFull(e));
      throw e;
    }
  }

  private void flushAllSound() throws IOException {
    try {
      if (engine.flushing().isOverdue()) {
        engine.flushing().flushOverdue();
      } else if (engine.dirtyBytes().isHalfFull()) {
        engine.flushing().flushAllForRoom();
      }
    } catch (CorruptStoreException e) {
      leftOut(e);
    }
  }

  /** The engine has logged it, and tells whoever syncs the file. */
  private static void leftOut(CorruptStoreException damage) {
    Logger.debug("a damaged file was left out: {}", damage.getMessage());
  }

  private void flush(Task task) throws IOException {
    try {
      engine.flushing().flushForRoom(task.head, task.state);
    } catch (CorruptStoreException e) {
      leftOut(e);
    } catch (FileSystemException e) {
      if (e.errno() != Errno.ESTALE) {
        throw e;
      }
    }
  }
}
