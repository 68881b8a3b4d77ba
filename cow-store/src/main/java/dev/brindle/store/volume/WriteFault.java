package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The first failure that left memory and disk apart. From then on the store takes no change and
 * acknowledges no {@code fsync}: a later success must not hide what was lost. Reads go on.
 */
final class WriteFault {
  private final AtomicReference<@Nullable Throwable> first = new AtomicReference<>();

  void report(String what, Throwable cause) {
    if (first.compareAndSet(null, cause)) {
      Logger.error(
          cause,
          "{} failed: the store is read-only from now on; what was not synced may be lost. {}",
          what,
          advice(cause));
    }
  }

  private static String advice(Throwable cause) {
    return cause instanceof CorruptStoreException
        ? "Unmount it, and see what brindle check says; with --repair it puts right what can be"
        : "Check the host's disk, then unmount and mount again";
  }

  boolean isReported() {
    return first.get() != null;
  }

  @Nullable String reason() {
    Throwable cause = first.get();
    return cause == null ? null : cause + ". " + advice(cause);
  }

  /**
   * @throws FileSystemException EROFS
   */
  void refuseChanges() throws FileSystemException {
    Throwable cause = first.get();
    if (cause != null) {
      throw new FileSystemException(
          Errno.EROFS, "the store is read-only after a write error: " + cause.getMessage());
    }
  }

  /**
   * @throws FileSystemException EIO
   */
  void refuseSync() throws FileSystemException {
    Throwable cause = first.get();
    if (cause != null) {
      throw new FileSystemException(
          Errno.EIO, "data could not be written before: " + cause.getMessage());
    }
  }
}
