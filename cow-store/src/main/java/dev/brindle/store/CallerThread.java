package dev.brindle.store;

/**
 * A thread that works for somebody who may be gone before the work begins: a process that was
 * killed. An operation that waits for its turn ends with EINTR then. One that has begun to change
 * something is done to its end, whoever is there to hear of it.
 */
public interface CallerThread {
  /** Whether nobody waits for the present operation, which has not begun to change anything. */
  boolean isCallerGone();

  /** The present operation changes something from here on. */
  void begun();

  /**
   * Asked from time to time by what waits for its turn, with no lock held.
   *
   * @throws FileSystemException EINTR when the caller of this thread's operation is gone
   */
  static void refuseIfGone() throws FileSystemException {
    if (Thread.currentThread() instanceof CallerThread caller && caller.isCallerGone()) {
      throw new FileSystemException(Errno.EINTR);
    }
  }

  /** This thread's operation is not to be ended by {@link #refuseIfGone} any more. */
  static void markBegun() {
    if (Thread.currentThread() instanceof CallerThread caller) {
      caller.begun();
    }
  }
}
