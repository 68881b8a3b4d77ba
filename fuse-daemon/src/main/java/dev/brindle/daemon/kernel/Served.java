package dev.brindle.daemon.kernel;

import dev.brindle.daemon.serve.ForeignCuts;
import dev.brindle.daemon.serve.LookupCounts;
import dev.brindle.daemon.serve.OpenedFiles;
import dev.brindle.daemon.serve.RemovedNodes;
import dev.brindle.daemon.serve.WritableHandles;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.namespace.Caller;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.AttributeChange;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Timestamp;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/** What the operations of one mount share. */
final class Served {
  private static final int FORGETTING_MAX = 4;
  private static final int WRITING_BACK_MAX = 16;

  private final InodeFileSystem fileSystem;
  private final Notifier notifier;
  private final LookupCounts lookups = new LookupCounts();
  private final Invalidations invalidations;
  private final Interrupts interrupts = new Interrupts();
  private final OpenedFiles openedFiles = new OpenedFiles();
  private final ForeignCuts cuts = new ForeignCuts();
  private final WritableHandles writableHandles = new WritableHandles();
  private final RemovedNodes removedNodes;
  private final Semaphore forgetting = new Semaphore(FORGETTING_MAX);
  private final Semaphore writingBack = new Semaphore(WRITING_BACK_MAX);
  private final CachingOptions caching;

  Served(InodeFileSystem fileSystem, CachingOptions caching, Notifier notifier) {
    this.fileSystem = fileSystem;
    this.caching = caching;
    this.notifier = notifier;
    invalidations = new Invalidations(lookups, openedFiles, cuts, notifier);
    removedNodes = new RemovedNodes(fileSystem, lookups);
  }

  InodeFileSystem fileSystem() {
    return fileSystem;
  }

  Notifier notifier() {
    return notifier;
  }

  LookupCounts lookups() {
    return lookups;
  }

  /** What other mounts change. */
  Invalidations invalidations() {
    return invalidations;
  }

  /** Callers that have got a signal. */
  Interrupts interrupts() {
    return interrupts;
  }

  /** Files that other mounts have cut. */
  ForeignCuts cuts() {
    return cuts;
  }

  OpenedFiles openedFiles() {
    return openedFiles;
  }

  WritableHandles writableHandles() {
    return writableHandles;
  }

  RemovedNodes removedNodes() {
    return removedNodes;
  }

  /** How long the kernel may believe what it is told. */
  CachingOptions caching() {
    return caching;
  }

  /** Whether a file that changed since its last opening may have been changed by another mount. */
  boolean opensAfresh() {
    return caching.opensAfresh() && invalidations.everTold();
  }

  /**
   * Has the kernel forget a file's first page. It waits for who has that page, whose request other
   * workers take; so not many wait at a time.
   *
   * @return false when too many do: nothing was forgotten
   */
  boolean forgetFirstPage(long node) throws IOException {
    return within(forgetting, () -> notifier.firstPageChanged(node));
  }

  private interface Telling {
    void run() throws IOException;
  }

  /** Returns false when too many wait already: nothing was told. */
  private static boolean within(Semaphore bound, Telling telling) throws IOException {
    if (!bound.tryAcquire()) {
      return false;
    }
    try {
      telling.run();
      return true;
    } finally {
      bound.release();
    }
  }

  /**
   * Has the kernel hand on what it keeps of writes to a file that is to be in a snapshot or clone.
   * A kernel that keeps the time as well tells it later; until then it is the present, for new data
   * with an old time would be taken for the old data.
   */
  void writeBackForVersion(long node) throws IOException {
    long since = System.nanoTime();
    notifier.contentChanged(node);
    if (caching.writes() && writableHandles.havePagesComeSince(node, since)) {
      try {
        fileSystem.setattr(Caller.ROOT, node, AttributeChange.ofWrite(Timestamp.now()));
      } catch (FileSystemException e) {
        if (!isGone(e)) {
          throw e;
        }
      }
    }
  }

  /** Whether an operation found that its file is no more. */
  static boolean isGone(FileSystemException e) {
    return e.errno() == Errno.ENOENT || e.errno() == Errno.ESTALE;
  }

  /**
   * Has the kernel hand on what it keeps of writes to a file, if it is open for any. Other workers
   * take that; so not many wait for it at a time.
   *
   * @return false when too many do: the kernel may keep some
   */
  boolean writeBack(long node) throws IOException {
    return !writableHandles.isOpen(node)
        || within(writingBack, () -> notifier.contentChanged(node));
  }

  /** How many wait for the kernel to hand on what it keeps. */
  int waitingForPages() {
    return WRITING_BACK_MAX - writingBack.availablePermits();
  }

  /**
   * As {@link #writeBack}, for who cannot go on without.
   *
   * @throws FileSystemException EBUSY when too many wait
   */
  void requireWriteBack(long node) throws IOException {
    if (!writeBack(node)) {
      throw new FileSystemException(Errno.EBUSY);
    }
  }
}
