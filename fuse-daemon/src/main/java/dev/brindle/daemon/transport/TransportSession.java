package dev.brindle.daemon.transport;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A mount that is being served. */
public interface TransportSession {
  /**
   * Runs the action, on a thread of the session's own, when nothing more will come from the kernel:
   * the mount point was unmounted by whomever and the last open file is closed, or the session
   * failed. At once when that was before the call.
   */
  void onEnd(Runnable action);

  /**
   * Waits for the end.
   *
   * @return whether it came in time
   */
  boolean awaitEnd(Duration timeout) throws InterruptedException;

  /** The error that stopped the session; null while it runs, and after an unmount. */
  @Nullable Throwable failure();

  /**
   * Has the kernel hand on what was written to shared mappings before the call, and waits for it.
   * Not to be called by a thread that serves this session: others of its threads take the writes.
   */
  void writeBack() throws IOException;

  /**
   * Refuses everything with EIO from now on, and returns when no operation runs any more: the file
   * system may be closed then. For a mount point that was detached while files are open; their
   * users' requests fail until the process ends.
   */
  void abort();
}
