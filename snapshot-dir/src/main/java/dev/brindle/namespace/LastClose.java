package dev.brindle.namespace;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The time between a program's last {@code close} and the kernel's {@code release} of the file,
 * which nothing waits for: {@code cat .clones/test/f; rmdir .clones/test} is to work all the same,
 * also on a machine where the worker that releases it has to wait for a processor.
 */
public final class LastClose {
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private LastClose() {}

  /** What is refused while files are open. */
  public interface Deletion {
    void run() throws IOException;
  }

  /**
   * Deletes, and when files are open again a little later.
   *
   * @throws FileSystemException EBUSY when they are open then too
   */
  public static void await(Deletion deletion) throws IOException {
    long deadline = System.nanoTime() + WAIT_NANOS;
    while (true) {
      try {
        deletion.run();
        return;
      } catch (FileSystemException e) {
        if (e.errno() != Errno.EBUSY || System.nanoTime() - deadline > 0) {
          throw e;
        }
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }
}
