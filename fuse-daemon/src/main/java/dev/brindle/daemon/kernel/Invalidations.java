package dev.brindle.daemon.kernel;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.daemon.serve.ForeignCuts;
import dev.brindle.daemon.serve.LookupCounts;
import dev.brindle.daemon.serve.OpenedFiles;
import dev.brindle.namespace.ChangeListener;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.Name;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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

  /** How long the kernel is told of an inode that it is about to know, and the time between. */
  private static final long TELLING_NANOS_MAX = TimeUnit.SECONDS.toNanos(5);

  private static final long AGAIN_MILLIS = 1;

  /** It may wait for a page that somebody has who waits for the answer that is held back. */
  private static final long AWAITED_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(5);

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

  /**
   * What the kernel is yet to be told.
   *
   * @param sinceNanos when it changed last, by {@link System#nanoTime}
   */
  private record News(Scope scope, long sinceNanos) {
    News and(News later) {
      return new News(scope.and(later.scope), later.sinceNanos);
    }
  }

  private final LookupCounts lookups;
  private final OpenedFiles openedFiles;
  private final ForeignCuts cuts;
  private final Notifier notifier;
  private final AtomicLong changes = new AtomicLong();
  private volatile boolean everTold;

  @GuardedBy("this")
  private final Map<Subject, News> pending = new LinkedHashMap<>();

  /** What the kernel is just being told of. */
  @GuardedBy("this")
  private @Nullable Subject telling;

  @GuardedBy("this")
  private boolean ended;

  Invalidations(
      LookupCounts lookups, OpenedFiles openedFiles, ForeignCuts cuts, Notifier notifier) {
    this.lookups = lookups;
    this.openedFiles = openedFiles;
    this.cuts = cuts;
    this.notifier = notifier;
  }

  /** Whether anything was ever changed by others, so that what the kernel believes may be old. */
  boolean everTold() {
    return everTold;
  }

  /** How many changes there were. What is read after this was asked is as they have left it. */
  long changes() {
    return changes.get();
  }

  @Override
  public void entryChanged(long directory, Name name, boolean wasDirectory) {
    note(directory, name, wasDirectory ? Scope.ENTRY_OF_DIRECTORY : Scope.ENTRY);
  }

  /** A directory is not dropped for so rare a case: that would detach what is mounted below it. */
  @Override
  public void entryMoved(long directory, Name name, boolean isDirectory) {
    if (!isDirectory || notifier.expires()) {
      entryChanged(directory, name, isDirectory);
    }
  }

  @Override
  public void attributesChanged(long node) {
    note(node, null, Scope.ATTRIBUTES);
  }

  @Override
  public void contentChanged(long node) {
    openedFiles.forget(node);
    note(node, null, Scope.CONTENT);
  }

  @Override
  public void sizeSet(long node) {
    if (lookups.isKnown(node)) {
      cuts.cut(node);
    }
    contentChanged(node);
  }

  /** What this mount itself has made of a file is something else than its kernel believes. */
  void ownContentChanged(long node) {
    openedFiles.forget(node);
    add(new Subject(node, null), Scope.CONTENT);
  }

  /** Waits until the kernel has been told of a node, but not for long. */
  synchronized void awaitTold(long node) {
    Subject subject = new Subject(node, null);
    long deadline = System.nanoTime() + AWAITED_NANOS_MAX;
    while ((pending.containsKey(subject) || subject.equals(telling))
        && !ended
        && deadline - System.nanoTime() > 0) {
      try {
        wait(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Counts first: who asks whether there was a change has made the node known before. */
  private void note(long node, @Nullable Name name, Scope scope) {
    changes.incrementAndGet();
    if (node != InodeFileSystem.ROOT_NODE && !lookups.isKnown(node)) {
      return;
    }
    everTold = true;
    add(new Subject(node, name), scope);
  }

  private synchronized void add(Subject subject, Scope scope) {
    if (pending.size() >= PENDING_MAX && !ended) {
      slowDown();
    }
    pending.merge(subject, new News(scope, System.nanoTime()), News::and);
    notifyAll();
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
    News news;
    synchronized (this) {
      Iterator<Map.Entry<Subject, News>> first = pending.entrySet().iterator();
      if (!first.hasNext()) {
        return;
      }
      Map.Entry<Subject, News> next = first.next();
      subject = next.getKey();
      news = next.getValue();
      first.remove();
      telling = subject;
    }
    try {
      if (!tell(subject, news.scope) && lookups.isKnown(subject.node)) {
        tellAgain(subject, news);
      }
    } catch (IOException e) {
      Logger.warn("node {}: what another mount changed may go unseen: {}", subject.node, e);
    } finally {
      told();
    }
  }

  private synchronized void told() {
    telling = null;
    notifyAll();
  }

  /** False for an inode that the kernel does not have. */
  private boolean tell(Subject subject, Scope scope) throws IOException {
    Name name = subject.name;
    if (name != null) {
      notifier.entryChanged(subject.node, name, scope == Scope.ENTRY_OF_DIRECTORY);
      return true;
    }
    return scope == Scope.CONTENT
        ? notifier.contentChanged(subject.node)
        : notifier.attributesChanged(subject.node);
  }

  /**
   * The kernel has been answered with an inode and does not have it: the program that asked is yet
   * to take the answer, with attributes that are old by now. Or the kernel has just dropped it, and
   * says so in a moment.
   */
  private synchronized void tellAgain(Subject subject, News news) {
    if (ended || System.nanoTime() - news.sinceNanos > TELLING_NANOS_MAX) {
      return;
    }
    pending.merge(subject, news, (later, earlier) -> earlier.and(later));
    try {
      wait(AGAIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  synchronized void end() {
    ended = true;
    pending.clear();
    notifyAll();
  }
}
