package dev.brindle.daemon.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.namespace.ChangeListener;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.Name;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * What other mounts have changed and this mount's kernel is to forget, as far as it knows it at
 * all. It is told by a thread of its own. The kernel takes the directory's lock to forget a name,
 * and waits for pages to be written before it drops them; a thread that serves one mount must not
 * wait for another one's locks, or two mounts would wait for each other.
 *
 * <p>Of several changes of one thing that the kernel has not been told of yet, it is told once.
 */
final class Invalidations implements ChangeListener {
  /** Past so many, whoever changes more is slowed down. */
  private static final int PENDING_MAX = 1 << 16;

  private static final long SLOWED_MILLIS = 1;

  /**
   * A name in a directory, or a node.
   *
   * @param name null for the node itself
   */
  private record Subject(long node, @Nullable Name name) {}

  /** What there is to forget of a subject. */
  private enum Scope {
    ATTRIBUTES,
    CONTENT,
    ENTRY,
    ENTRY_OF_DIRECTORY;

    Scope and(Scope other) {
      return compareTo(other) > 0 ? this : other;
    }
  }

  private final LookupCounts lookups;
  private final Notifier notifier;
  private volatile boolean everTold;

  @GuardedBy("this")
  private final Map<Subject, Scope> pending = new LinkedHashMap<>();

  @GuardedBy("this")
  private boolean ended;

  Invalidations(LookupCounts lookups, Notifier notifier) {
    this.lookups = lookups;
    this.notifier = notifier;
  }

  /** Whether anything was ever changed by others, so that what the kernel believes may be old. */
  boolean everTold() {
    return everTold;
  }

  @Override
  public void entryChanged(long directory, Name name, boolean wasDirectory) {
    note(directory, name, wasDirectory ? Scope.ENTRY_OF_DIRECTORY : Scope.ENTRY);
  }

  @Override
  public void attributesChanged(long node) {
    note(node, null, Scope.ATTRIBUTES);
  }

  @Override
  public void contentChanged(long node) {
    note(node, null, Scope.CONTENT);
  }

  private void note(long node, @Nullable Name name, Scope scope) {
    if (node != InodeFileSystem.ROOT_NODE && !lookups.isKnown(node)) {
      return;
    }
    everTold = true;
    synchronized (this) {
      if (pending.size() >= PENDING_MAX && !ended) {
        slowDown();
      }
      pending.merge(new Subject(node, name), scope, Scope::and);
      notifyAll();
    }
  }

  @GuardedBy("this")
  private void slowDown() {
    try {
      wait(SLOWED_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits until there is something to be forgotten.
   *
   * @return false at the end
   */
  synchronized boolean await() {
    while (pending.isEmpty() && !ended) {
      try {
        wait();
      } catch (InterruptedException e) {
        return false;
      }
    }
    return !ended;
  }

  /** Tells the kernel of the change that waits longest. */
  void tellNext() {
    Subject subject;
    Scope scope;
    synchronized (this) {
      Iterator<Map.Entry<Subject, Scope>> first = pending.entrySet().iterator();
      if (!first.hasNext()) {
        return;
      }
      Map.Entry<Subject, Scope> next = first.next();
      subject = next.getKey();
      scope = next.getValue();
      first.remove();
    }
    try {
      tell(subject, scope);
    } catch (IOException e) {
      Logger.warn("node {}: what another mount changed may go unseen: {}", subject.node, e);
    }
  }

  private void tell(Subject subject, Scope scope) throws IOException {
    Name name = subject.name;
    if (name != null) {
      notifier.entryChanged(subject.node, name, scope == Scope.ENTRY_OF_DIRECTORY);
    } else if (scope == Scope.CONTENT) {
      notifier.contentChanged(subject.node);
    } else {
      notifier.attributesChanged(subject.node);
    }
  }

  synchronized void end() {
    ended = true;
    pending.clear();
    notifyAll();
  }
}
