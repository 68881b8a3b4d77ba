package dev.brindle.daemon.serve;

import dev.brindle.namespace.Entry;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.namespace.Removed;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * What has lost its last name and the kernel has not forgotten: it still asks for it, by the node.
 *
 * <p>A directory may be a process's working directory, a fifo or socket may be open without a
 * request, anything may be the subject of a descriptor of O_PATH. These are held in the store until
 * the kernel forgets them, which it does at once where nobody has them.
 *
 * <p>A file that another was renamed onto is held as well. To open a name is two requests: a
 * lookup, which the kernel remembers, and an open of the node that it found. When the name leads to
 * another file in between, the node must still open, else the program is told that a name does not
 * exist which has existed all the time.
 *
 * <p>Of a regular file that was unlinked only the attributes are remembered: to remove files is to
 * stay one change of the tree for each, and what is open is held by its handle.
 *
 * <p>What the kernel has not forgotten when the mount ends is the file system's to let go.
 */
public final class RemovedNodes {
  private final InodeFileSystem fileSystem;
  private final LookupCounts lookups;
  private final Map<Long, Removed> nodes = new ConcurrentHashMap<>();

  /** Removals share it, from before the file system's change until it is remembered here. */
  private final ReadWriteLock removals = new ReentrantReadWriteLock();

  /** What may take the last name of a node. */
  public interface Removal {
    /** Returns what was removed, or null. */
    @Nullable Removed run() throws IOException;
  }

  /**
   * @param lookups what the kernel knows
   */
  public RemovedNodes(InodeFileSystem fileSystem, LookupCounts lookups) {
    this.fileSystem = fileSystem;
    this.lookups = lookups;
  }

  /**
   * Has a node lose its last name, before the kernel is answered. One that the kernel does not
   * know, since another mount has made it, or it has forgotten it meanwhile, it will not forget.
   */
  public void remove(Removal removal) throws IOException {
    removals.readLock().lock();
    try {
      Removed removed = removal.run();
      if (removed != null) {
        long node = removed.entry().node();
        nodes.put(node, removed);
        dropUnknown(node);
      }
    } finally {
      removals.readLock().unlock();
    }
  }

  /** The attributes of a node, also of one that is there no more. */
  public Entry getattr(long node) throws IOException {
    try {
      return fileSystem.getattr(node);
    } catch (FileSystemException e) {
      Removed removed = e.errno() == Errno.ENOENT ? remembered(node) : null;
      if (removed == null) {
        throw e;
      }
      return removed.entry();
    }
  }

  /** What is gone in the file system may still be on its way to being remembered. */
  private @Nullable Removed remembered(long node) {
    Removed removed = nodes.get(node);
    if (removed != null) {
      return removed;
    }
    removals.writeLock().lock();
    try {
      return nodes.get(node);
    } finally {
      removals.writeLock().unlock();
    }
  }

  /**
   * A handle of a node is going to be released, with which a file without a name may go: what is
   * remembered of it is as it is then.
   */
  public void closing(long node) {
    nodes.computeIfPresent(node, (key, removed) -> removed.isHeld() ? removed : latest(removed));
  }

  private Removed latest(Removed removed) {
    try {
      return new Removed(fileSystem.getattr(removed.entry().node()), Removed.NO_HANDLE);
    } catch (IOException e) {
      return removed;
    }
  }

  /** The kernel forgets a node, once or more. */
  public void forget(long node, long count) {
    if (lookups.remove(node, count)) {
      dropUnknown(node);
    }
  }

  /**
   * What was looked up again meanwhile, and removed only then, stays. Nothing is looked up that has
   * been removed, so what is unknown then stays so.
   */
  private void dropUnknown(long node) {
    Removed removed = nodes.containsKey(node) && !lookups.isKnown(node) ? nodes.remove(node) : null;
    if (removed != null) {
      release(removed);
    }
  }

  public boolean isEmpty() {
    return nodes.isEmpty();
  }

  private void release(Removed removed) {
    if (!removed.isHeld()) {
      return;
    }
    try {
      fileSystem.release(removed.handle());
    } catch (IOException | RuntimeException e) {
      Logger.error(e, "node {}, which was removed, could not be let go", removed.entry().node());
    }
  }
}
