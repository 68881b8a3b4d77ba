package dev.brindle.daemon;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brindle.daemon.host.MountTable;
import dev.brindle.daemon.host.Unmounter;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.daemon.transport.Transport;
import dev.brindle.daemon.transport.TransportOptions;
import dev.brindle.daemon.transport.TransportSession;
import dev.brindle.namespace.InodeFileSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A file system mounted for a test; closing leaves no mount behind, whatever happened. */
public final class MountedMemory implements AutoCloseable {
  /** What a kernel believes for as long as a test runs, also when a file is opened again. */
  public static final CachingOptions LASTING = new CachingOptions(60, 60, 60, false, false);

  /** What is taken off when the tests are ended from outside. */
  private static final Set<Path> MOUNT_POINTS = ConcurrentHashMap.newKeySet();

  static {
    Thread emergency = new Thread(() -> MOUNT_POINTS.forEach(MountedMemory::detach), "unmount");
    Runtime.getRuntime().addShutdownHook(emergency);
  }

  private final Path mountPoint;
  private final TransportSession session;

  private MountedMemory(Path mountPoint, TransportSession session) {
    this.mountPoint = mountPoint;
    this.session = session;
  }

  /** Skips the test where nothing can be mounted. */
  public static void assumeFuse() {
    assumeTrue(
        Files.isWritable(Path.of("/dev/fuse")),
        "skipped: there is no /dev/fuse that this user may open");
  }

  public static MountedMemory mount(
      Transport transport, InodeFileSystem fileSystem, Path mountPoint, CachingOptions caching)
      throws IOException {
    assumeFuse();
    TransportOptions options =
        new TransportOptions(
            mountPoint, "brindle:test:memory", false, false, false, false, false, caching);
    MOUNT_POINTS.add(mountPoint);
    return new MountedMemory(mountPoint, transport.mount(fileSystem, options));
  }

  public Path root() {
    return mountPoint;
  }

  public TransportSession session() {
    return session;
  }

  /** Unmounts in order. */
  public void unmount() throws IOException {
    Unmounter.current().unmount(mountPoint, false);
  }

  private static void detach(Path mountPoint) {
    try {
      if (MountTable.on(mountPoint).isPresent()) {
        Unmounter.current().unmount(mountPoint, true);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException, InterruptedException {
    detach(mountPoint.toRealPath());
    MOUNT_POINTS.remove(mountPoint);
    if (!session.awaitEnd(Duration.ofSeconds(30))) {
      throw new IOException("the session of " + mountPoint + " does not end");
    }
  }
}
