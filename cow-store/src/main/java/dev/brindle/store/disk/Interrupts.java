package dev.brindle.store.disk;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;

/**
 * Runs file operations that a {@link Thread#interrupt} must not end.
 *
 * <p>The JDK closes a {@code FileChannel} under every thread that uses it when one of them is
 * interrupted. Reads, writes at a position and syncs can all be repeated with the same result, so
 * they are, on a channel opened anew, and the thread's interrupted status is set again afterwards.
 */
final class Interrupts {
  private Interrupts() {}

  interface Operation {
    void run() throws IOException;
  }

  /**
   * @param operation opens the channel it needs; runs again when the channel was closed under it
   */
  static void retrying(Operation operation) throws IOException {
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          operation.run();
          return;
        } catch (ClosedChannelException e) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
