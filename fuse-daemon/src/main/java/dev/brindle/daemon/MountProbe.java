package dev.brindle.daemon;

import dev.brindle.daemon.host.MountTable;
import dev.brindle.daemon.transport.MountException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks a new mount through the kernel whether it answers. A mount counts as made when the table of
 * mounts shows it, its root has attributes, and a name was looked up: each has gone the whole way
 * through the kernel, the transport and the namespace.
 */
final class MountProbe {
  private static final int WAIT_SECONDS = 30;
  private static final String NAME = ".brindle-probe-of-a-name-that-is-not-there";

  private MountProbe() {}

  /**
   * @return the mount as the kernel lists it
   * @throws MountException it does not answer
   */
  static MountTable.Line await(Path mountPoint, String source) throws IOException {
    FutureTask<MountTable.Line> probe = new FutureTask<>(() -> probe(mountPoint, source));
    Thread thread = new Thread(probe, "probe-" + mountPoint);
    thread.setDaemon(true);
    thread.start();
    try {
      return probe.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new MountException(
          "the mount on %s did not answer within %d seconds".formatted(mountPoint, WAIT_SECONDS),
          e);
    } catch (ExecutionException e) {
      throw new MountException(
          "the mount on " + mountPoint + " does not answer: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MountException("interrupted while mounting on " + mountPoint, e);
    }
  }

  private static MountTable.Line probe(Path mountPoint, String source) throws IOException {
    MountTable.Line mounted =
        MountTable.on(mountPoint)
            .orElseThrow(() -> new MountException("the table of mounts shows nothing there"));
    if (!mounted.source().equals(source)) {
      throw new MountException("the table of mounts shows " + mounted.source() + " there");
    }
    if (!Files.readAttributes(mountPoint, BasicFileAttributes.class).isDirectory()) {
      throw new MountException("its root is not a directory");
    }
    try {
      Files.readAttributes(mountPoint.resolve(NAME), BasicFileAttributes.class);
    } catch (NoSuchFileException expected) {
      return mounted;
    }
    return mounted;
  }
}
