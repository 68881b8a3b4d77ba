package dev.brindle.daemon.kernel;

import dev.brindle.namespace.Caller;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a program loses when it is changed: set-uid and set-gid bits, and file capabilities. With
 * {@code HANDLE_KILLPRIV_V2} that is the file system's work; in return the kernel does not ask for
 * the attribute {@code security.capability} before each write. It says when the bits must go (when
 * the writer is not privileged), but not when capabilities must: they go with each change of
 * content or owner.
 */
final class Privileges {
  static final Name CAPABILITY = Name.of("security.capability");

  private static final int NODES_MAX = 1 << 14;

  /**
   * How often a capability was set by any mount of this process: another one may show the same
   * file.
   */
  private static final AtomicLong CAPABILITIES_SET = new AtomicLong();

  private final InodeFileSystem fileSystem;
  private final Notifier notifier;

  /**
   * Nodes that had no capability when so many had been set; they have none as long as no more are.
   * Bounded.
   */
  private final Map<Long, Long> plain = new ConcurrentHashMap<>();

  Privileges(InodeFileSystem fileSystem, Notifier notifier) {
    this.fileSystem = fileSystem;
    this.notifier = notifier;
  }

  /**
   * Takes the bits away, if there are any. The kernel does not look at the mode again by itself
   * after a write, and would run the program with them as long as it remembers attributes.
   */
  void dropBits(long node) throws IOException {
    if (fileSystem.dropSetIds(node)) {
      notifier.attributesChanged(node);
    }
  }

  /**
   * Takes away what a change of the content does.
   *
   * @param withBits whether the kernel says that the bits go, too
   */
  void drop(long node, boolean withBits) throws IOException {
    if (withBits) {
      dropBits(node);
    }
    dropCapability(node);
  }

  /** Takes the capability away, if there is one. */
  void dropCapability(long node) throws IOException {
    long set = CAPABILITIES_SET.get();
    Long plainAt = plain.get(node);
    if (plainAt != null && plainAt == set) {
      return;
    }
    try {
      fileSystem.getxattr(node, CAPABILITY);
      fileSystem.removexattr(Caller.ROOT, node, CAPABILITY);
    } catch (FileSystemException e) {
      if (e.errno() != Errno.ENODATA) {
        throw e;
      }
    }
    if (plain.size() >= NODES_MAX) {
      plain.clear();
    }
    plain.put(node, set);
  }

  /** An extended attribute has been set. */
  static void attributeSet(Name name) {
    if (name.equals(CAPABILITY)) {
      CAPABILITIES_SET.incrementAndGet();
    }
  }
}
