package dev.brindle.daemon;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.daemon.control.ControlErrorCode;
import dev.brindle.daemon.control.ControlException;
import dev.brindle.daemon.control.MountOptions;
import dev.brindle.daemon.control.MountReport;
import dev.brindle.daemon.control.MountRequest;
import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.host.MountTable;
import dev.brindle.daemon.host.Processes;
import dev.brindle.daemon.host.Unmounter;
import dev.brindle.daemon.transport.MountException;
import dev.brindle.daemon.transport.Transport;
import dev.brindle.daemon.transport.TransportOptions;
import dev.brindle.daemon.transport.TransportSession;
import dev.brindle.namespace.ChangeFeed;
import dev.brindle.namespace.Namespace;
import dev.brindle.namespace.NamespaceOptions;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Store;
import dev.brindle.store.Timestamp;
import dev.brindle.store.VolumeInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The mounts of a daemon: makes them, takes them off, and notices when somebody else did. When the
 * last one is gone, it says so once and makes no more.
 */
final class MountRegistry {
  private static final Duration UNMOUNT_WAIT = Duration.ofSeconds(60);
  private static final Duration ABANDON_WAIT = Duration.ofSeconds(2);

  private final Store store;
  private final Transport transport;
  private final Runnable onLastEnded;
  private final KernelCaches kernelCaches = new KernelCaches(this::sessions);
  private final ChangeFeed changeFeed = new ChangeFeed();
  private final boolean root = Processes.isRoot();
  private final Unmounter unmounter = new Unmounter(Host.current(), root);

  /** How long the end waits for a mount that is being made: longer than that may take. */
  private static final Duration MAKING_WAIT = Duration.ofSeconds(45);

  /** One mount is made at a time, so that two of one mount point cannot both find it free. */
  private final Object making = new Object();

  @GuardedBy("this")
  private final List<ServedMount> mounts = new ArrayList<>();

  @GuardedBy("this")
  private int beingMade;

  @GuardedBy("this")
  private boolean closed;

  /**
   * @param onLastEnded runs once, on a thread of its own
   */
  MountRegistry(Store store, Transport transport, Runnable onLastEnded) {
    this.store = store;
    this.transport = transport;
    this.onLastEnded = onLastEnded;
  }

  KernelCaches kernelCaches() {
    return kernelCaches;
  }

  synchronized List<MountReport> reports() {
    return mounts.stream().map(mount -> mount.report(store)).toList();
  }

  private synchronized List<TransportSession> sessions() {
    return mounts.stream().map(ServedMount::session).toList();
  }

  /**
   * Mounts, and returns when the mount has answered.
   *
   * @throws ControlException SHUTTING_DOWN when the last mount is gone
   */
  MountReport mount(MountRequest request) throws IOException {
    begin();
    try {
      synchronized (making) {
        ServedMount mount = make(request);
        if (!add(mount)) {
          end(mount);
          throw shuttingDown();
        }
        mount.session().onEnd(() -> ended(mount));
        Logger.info("{}: volume {} is mounted", mount.mountPoint(), mount.volumeName());
        return mount.report(store);
      }
    } finally {
      synchronized (this) {
        beingMade--;
        notifyAll();
      }
      removeAndEndWhenEmpty(null);
    }
  }

  private synchronized void begin() throws ControlException {
    if (closed) {
      throw shuttingDown();
    }
    beingMade++;
  }

  /** False when the end has begun meanwhile, which did not see the mount. */
  private synchronized boolean add(ServedMount mount) {
    return !closed && mounts.add(mount);
  }

  private static ControlException shuttingDown() {
    return new ControlException(
        ControlErrorCode.SHUTTING_DOWN, "the daemon is ending; try again in a moment");
  }

  private ServedMount make(MountRequest request) throws IOException {
    VolumeInfo volume = volume(request.volume());
    boolean allowOther = Objects.requireNonNullElse(request.options().allowOther(), root);
    new Prerequisites(Host.current(), root).check(allowOther);
    refuseToShare(volume, request.options().alone());
    MountPoint mountPoint =
        new MountPoint(Path.of(request.mountPoint()), store.directory(), unmounter);
    try {
      return serve(volume, mountPoint.prepare(), request.options(), allowOther);
    } catch (IOException | RuntimeException | Error e) {
      mountPoint.undo();
      throw e;
    }
  }

  /**
   * A kernel that keeps writes to itself does not see what another one makes of a file's size, so
   * there is no second mount that shows the same files.
   */
  private void refuseToShare(VolumeInfo volume, boolean alone) throws IOException {
    List<ServedMount> present;
    synchronized (this) {
      present = List.copyOf(mounts);
    }
    for (ServedMount mount : present) {
      boolean aloneThere = mount.options().alone();
      if ((alone || aloneThere)
          && (isAbove(volume.id(), mount.volume()) || isAbove(mount.volume(), volume.id()))) {
        throw new MountException(
            "%s is mounted on %s%s, and shows what this mount would: unmount that, or mount both with --cache=shared"
                .formatted(
                    mount.report(store).volume(),
                    mount.mountPoint(),
                    aloneThere ? " with --cache=alone" : ""));
      }
    }
  }

  /** Whether the one volume shows the other: as itself, or as a clone in its {@code .clones}. */
  private boolean isAbove(long above, long volume) throws IOException {
    Long at = volume;
    while (at != null && at != above) {
      at = store.volume(at).parentVolume();
    }
    return at != null;
  }

  private ServedMount serve(
      VolumeInfo volume, Path mountPoint, MountOptions options, boolean allowOther)
      throws IOException {
    String source =
        MountTable.SOURCE_PREFIX + store.directory().toRealPath() + ":" + volume.fullName();
    Namespace namespace =
        Namespace.open(
            store,
            volume.id(),
            new NamespaceOptions(
                options.snapshots(),
                !options.noAccessTime() && !options.readOnly(),
                transport.obeysAcls()),
            kernelCaches,
            changeFeed);
    try {
      TransportSession session =
          transport.mount(
              namespace,
              new TransportOptions(
                  mountPoint,
                  source,
                  options.readOnly(),
                  allowOther,
                  options.noAccessTime(),
                  options.setUid(),
                  options.devices(),
                  transport.caching().withWrites(options.alone())));
      MountTable.Line mounted = awaitAnswer(session, mountPoint, source);
      return new ServedMount(
          volume.id(),
          volume.fullName(),
          mountPoint,
          mounted,
          options.withAllowOther(allowOther),
          namespace,
          session,
          Timestamp.now());
    } catch (IOException | RuntimeException | Error e) {
      close(namespace, mountPoint);
      throw e;
    }
  }

  private VolumeInfo volume(String name) throws IOException {
    try {
      return store.volume(name);
    } catch (FileSystemException e) {
      if (e.errno() == Errno.ENOENT) {
        throw new MountException(
            "there is no volume %s in the store %s".formatted(name, store.directory()), e);
      }
      throw e;
    }
  }

  private MountTable.Line awaitAnswer(TransportSession session, Path mountPoint, String source)
      throws IOException {
    try {
      return MountProbe.await(mountPoint, source);
    } catch (IOException e) {
      try {
        unmounter.unmount(mountPoint, true);
        session.awaitEnd(ABANDON_WAIT);
      } catch (IOException unmountFailed) {
        e.addSuppressed(unmountFailed);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
      session.abort();
      throw e;
    }
  }

  /**
   * Takes a mount off. When it is not lazy, the kernel has handed on everything on return, and the
   * namespace is closed.
   *
   * @throws FileSystemException ENOENT when there is none; EBUSY while it is in use
   */
  void umount(Path mountPoint, boolean lazy) throws IOException {
    Path path = mountPoint.normalize();
    ServedMount mount = find(path);
    unmounter.unmount(path, lazy);
    if (!mount.places().isEmpty()) {
      kernelCaches.writeBack(List.of(mount.session()));
    } else if (!awaitRemoval(mount, lazy ? ABANDON_WAIT : UNMOUNT_WAIT) && !lazy) {
      throw new IOException(path + " is unmounted, but the kernel does not let go of it yet");
    }
  }

  private synchronized boolean awaitRemoval(ServedMount mount, Duration timeout)
      throws IOException {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      while (mounts.contains(mount)) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while unmounting " + mount.mountPoint(), e);
    }
  }

  /** Whether the last mount is gone, and the daemon ends. */
  synchronized boolean isClosed() {
    return closed;
  }

  private ServedMount find(Path path) throws IOException {
    Optional<MountTable.Line> topmost = MountTable.on(path);
    List<ServedMount> present;
    synchronized (this) {
      present = new ArrayList<>(mounts);
    }
    Collections.reverse(present);
    for (ServedMount mount : present) {
      if (topmost.filter(mount::is).isPresent()) {
        return mount;
      }
    }
    for (ServedMount mount : present) {
      if (mount.places().contains(path)) {
        throw new FileSystemException(
            Errno.EBUSY, "something else is mounted over %s: unmount that first".formatted(path));
      }
    }
    throw new FileSystemException(
        Errno.ENOENT, "no volume of the store " + store.directory() + " is mounted on " + path);
  }

  /** The kernel is done with a mount, whoever took it off. */
  private void ended(ServedMount mount) {
    synchronized (this) {
      if (!mounts.contains(mount)) {
        return;
      }
    }
    Throwable failure = mount.session().failure();
    Logger.info(
        "{}: {}", mount.mountPoint(), failure == null ? "unmounted" : "stopped after " + failure);
    close(mount.namespace(), mount.mountPoint());
    removeAndEndWhenEmpty(mount);
  }

  private void removeAndEndWhenEmpty(@Nullable ServedMount mount) {
    synchronized (this) {
      mounts.remove(mount);
      boolean last = !closed && beingMade == 0 && mounts.isEmpty();
      closed |= last;
      notifyAll();
      if (!last) {
        return;
      }
    }
    new Thread(onLastEnded, "last-mount-ended").start();
  }

  private static void close(Namespace namespace, Path mountPoint) {
    try {
      namespace.close();
    } catch (IOException | RuntimeException e) {
      Logger.error(e, "{}: what was open could not all be closed", mountPoint);
    }
  }

  /**
   * Takes all mounts off, for the daemon's end: orderly where nothing is open, and else lazily,
   * with the pages of shared mappings written back first. No mount is made after that.
   */
  void close() {
    List<ServedMount> left;
    synchronized (this) {
      closed = true;
      awaitThoseBeingMade();
      left = List.copyOf(mounts);
    }
    for (ServedMount mount : left) {
      take(mount);
    }
    for (ServedMount mount : left) {
      abandon(mount);
    }
    synchronized (this) {
      mounts.removeAll(left);
    }
  }

  /** They see the end, and take themselves off again. */
  @GuardedBy("this")
  private void awaitThoseBeingMade() {
    long deadline = System.nanoTime() + MAKING_WAIT.toNanos();
    try {
      while (beingMade > 0) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          Logger.error("a mount that is being made does not come to an end");
          return;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end(ServedMount mount) {
    take(mount);
    abandon(mount);
  }

  private static void abandon(ServedMount mount) {
    mount.session().abort();
    close(mount.namespace(), mount.mountPoint());
  }

  /** Takes a mount off a place of its own; what is in use, with what its users have written. */
  private void takeOff(Path place) {
    try {
      try {
        unmounter.unmount(place, false);
      } catch (FileSystemException busy) {
        Logger.warn("{}; it is detached, and its users get errors", busy.getMessage());
        detach(place);
      }
    } catch (IOException e) {
      Logger.error(e, "{} could not be unmounted in order", place);
    }
  }

  private void detach(Path place) throws IOException {
    try {
      kernelCaches.writeBack();
    } finally {
      unmounter.unmount(place, true);
    }
  }

  /** What is mounted over it is left; then its pages are written back all the same. */
  private void take(ServedMount mount) {
    try {
      for (Path place : mount.places()) {
        if (MountTable.on(place).filter(mount::is).isPresent()) {
          takeOff(place);
        }
      }
      if (!mount.session().awaitEnd(ABANDON_WAIT)) {
        Logger.warn("{}: files are still open on it", mount.mountPoint());
        // where another mount namespace has it, it was not busy here, and has pages
        kernelCaches.writeBack(List.of(mount.session()));
      }
    } catch (IOException e) {
      Logger.error(e, "{} could not be unmounted in order", mount.mountPoint());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
