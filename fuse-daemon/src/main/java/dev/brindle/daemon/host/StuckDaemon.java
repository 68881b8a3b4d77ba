package dev.brindle.daemon.host;

import dev.brindle.store.disk.StoreLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.tinylog.Logger;

/**
 * A daemon that was killed and cannot end. One of its threads is inside the kernel, in a
 * notification that waits for pages to be written back, and it is the daemon that would have to
 * take them: the thread never comes back, so the process keeps its descriptors, so the kernel does
 * not learn that nobody serves the mount, and everybody who touches it waits for ever; the store
 * stays locked as well. (Measured: one of some thirty SIGKILLs under load with a snapshot every 150
 * ms.) To abort the connection gives all of it up: by the kernel's control file system where that
 * is mounted, and else by {@code umount -f}, which does that first, whatever it answers.
 */
public final class StuckDaemon {
  private static final Path CONNECTIONS = Path.of("/sys/fs/fuse/connections");
  private static final long ENDING_MILLIS = 1_000;
  private static final long ABORTED_MILLIS = 10_000;

  private StuckDaemon() {}

  /**
   * Lets the mounts of a store go when its daemon was killed and is stuck; otherwise nothing
   * happens.
   *
   * @param mountPoints those of the store
   * @throws IOException it is stuck still; the message says what root can do
   */
  public static void release(Path store, List<Path> mountPoints) throws IOException {
    StoreProcess process = StoreProcess.of(store);
    if (process == null || hasEnded(process, ENDING_MILLIS)) {
      return;
    }
    Logger.warn("the daemon of {} was killed and hangs in the kernel; it is let go", store);
    for (Path mountPoint : mountPoints) {
      abort(mountPoint);
    }
    if (!hasEnded(process, ABORTED_MILLIS)) {
      throw new IOException(
          "the daemon of %s was killed and hangs in the kernel; as root: umount -f %s"
              .formatted(store, mountPoints.get(0)));
    }
  }

  /** What to say of a store whose daemon is stopped: it takes requests, and answers none. */
  public static Optional<String> describeStopped(Path store) throws IOException {
    StoreProcess daemon = StoreProcess.of(store);
    return daemon != null && daemon.isStopped() && StoreLock.isHeld(store)
        ? Optional.of(
            "the daemon of %s, process %d, is stopped and does not answer; to let it go on: kill -CONT %2$d"
                .formatted(store, daemon.pid()))
        : Optional.empty();
  }

  private static boolean hasEnded(StoreProcess process, long waitMillis) throws IOException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMillis);
    while (process.isKilled()) {
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while a daemon ends", e);
      }
    }
    return true;
  }

  private static void abort(Path mountPoint) throws IOException {
    int connection = MountTable.on(mountPoint).map(MountTable.Line::minor).orElse(-1);
    Path abort = CONNECTIONS.resolve(connection + "/abort");
    if (Files.isWritable(abort)) {
      Files.writeString(abort, "1");
      return;
    }
    Process umount =
        new ProcessBuilder("umount", "-f", mountPoint.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      umount.waitFor(ABORTED_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
