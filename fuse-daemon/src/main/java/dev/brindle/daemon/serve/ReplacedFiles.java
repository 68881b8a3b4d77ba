package dev.brindle.daemon.serve;

import dev.brindle.namespace.Entry;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.tinylog.Logger;

/**
 * The files that a rename took the last name of, held open until the kernel forgets them.
 *
 * <p>To open a name is two requests: a lookup, which the kernel remembers, and an open of the node
 * that it found. When another process renames a file onto that name in between, the node must still
 * open, else the program is told that a name does not exist which has existed all the time. The
 * kernel forgets the node as soon as nobody is on the way to it.
 */
public final class ReplacedFiles {
  private static final long NONE = 0;

  private final InodeFileSystem fileSystem;
  private final Map<Long, List<Long>> handles = new ConcurrentHashMap<>();

  public ReplacedFiles(InodeFileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /** What a rename does while the file that it may replace is held. */
  public interface Rename {
    void run() throws IOException;
  }

  /**
   * Renames onto a name.
   *
   * @param isKnown whether the kernel knows a node: one that it has not looked up, since another
   *     mount has made it, or has forgotten meanwhile, it will not forget, so it is not held
   */
  public void hold(long parent, Name name, LongPredicate isKnown, Rename rename)
      throws IOException {
    long node = lastNamed(parent, name);
    if (node == NONE) {
      rename.run();
      return;
    }
    try {
      rename.run();
      if (!isKnown.test(node)) {
        forget(node);
      }
    } catch (IOException | RuntimeException | Error e) {
      forget(node);
      throw e;
    }
  }

  /** The file of this name when it has no other, now held; else NONE. */
  private long lastNamed(long parent, Name name) throws IOException {
    try {
      Entry found = fileSystem.lookup(parent, name);
      if (!found.attributes().isRegular() || found.attributes().linkCount() > 1) {
        return NONE;
      }
      long handle = fileSystem.open(found.node(), false);
      handles.merge(
          found.node(),
          List.of(handle),
          (one, other) -> Stream.concat(one.stream(), other.stream()).toList());
      return found.node();
    } catch (FileSystemException nothingToReplace) {
      return NONE;
    }
  }

  public boolean isEmpty() {
    return handles.isEmpty();
  }

  /** The kernel has forgotten a node: it will not ask for it again before another lookup. */
  public void forget(long node) {
    List<Long> held = handles.remove(node);
    if (held != null) {
      held.forEach(this::release);
    }
  }

  /** The kernel has forgotten everything. */
  public void forgetAll() {
    List.copyOf(handles.keySet()).forEach(this::forget);
  }

  private void release(long handle) {
    try {
      fileSystem.release(handle);
    } catch (IOException | RuntimeException e) {
      Logger.error(e, "a replaced file could not be let go");
    }
  }
}
