package dev.brindle.store.volume;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.CallerThread;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.volume.PageMemory.Page;
import java.io.IOException;
import java.util.Collection;

/**
 * The memory of file data that waits for its flush. Past the bound, writers wait until the flusher
 * has made room; while the disk is full they are refused instead.
 */
final class DirtyBytes {
  private final long max;
  private final Runnable wakeFlusher;
  private final PageMemory memory = new PageMemory();

  @GuardedBy("this")
  private long bytes;

  @GuardedBy("this")
  private boolean diskFull;

  DirtyBytes(long max, Runnable wakeFlusher) {
    this.max = max;
    this.wakeFlusher = wakeFlusher;
  }

  /**
   * Waits for room. Called with no lock held.
   *
   * @throws FileSystemException ENOSPC; EROFS when the store has turned read-only; EINTR when the
   *     caller is gone
   */
  void await(WriteFault fault) throws IOException {
    synchronized (this) {
      if (bytes < max) {
        return;
      }
    }
    wakeFlusher.run();
    synchronized (this) {
      while (bytes >= max) {
        fault.refuseChanges();
        CallerThread.refuseIfGone();
        if (diskFull) {
          throw new FileSystemException(Errno.ENOSPC);
        }
        try {
          wait(100);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new FileSystemException(Errno.EINTR);
        }
      }
    }
  }

  /** A page, with anything in it. The bound is the caller's to ask for, by {@link #await}. */
  Page take() {
    Page page = memory.take();
    add(FileState.PAGE_BYTES);
    return page;
  }

  /** Nobody uses these any more. */
  void giveBack(Collection<Page> unused) {
    memory.giveBack(unused);
    add(-(long) unused.size() * FileState.PAGE_BYTES);
  }

  private synchronized void add(long more) {
    bytes += more;
    if (more < 0) {
      notifyAll();
    }
  }

  synchronized long bytes() {
    return bytes;
  }

  /** Half of what is allowed waits: time to flush. */
  synchronized boolean isHalfFull() {
    return bytes >= max / 2;
  }

  synchronized void setDiskFull(boolean full) {
    diskFull = full;
    notifyAll();
  }
}
