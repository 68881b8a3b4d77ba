package dev.brindle.daemon.kernel;

import dev.brindle.daemon.serve.OpenedFiles;
import dev.brindle.daemon.serve.ReplacedFiles;
import dev.brindle.daemon.serve.WritableHandles;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.namespace.InodeFileSystem;

/**
 * What the operations of one mount share.
 *
 * @param caching how long the kernel may believe what it is told
 */
record Served(
    InodeFileSystem fileSystem,
    CachingOptions caching,
    LookupCounts lookups,
    OpenedFiles openedFiles,
    WritableHandles writableHandles,
    ReplacedFiles replacedFiles,
    Notifier notifier) {

  static Served of(InodeFileSystem fileSystem, CachingOptions caching, Notifier notifier) {
    return new Served(
        fileSystem,
        caching,
        new LookupCounts(),
        new OpenedFiles(),
        new WritableHandles(),
        new ReplacedFiles(fileSystem),
        notifier);
  }

  /** The kernel forgets a node, once or more. */
  void forget(long node, long lookups) {
    if (this.lookups.remove(node, lookups) && !replacedFiles.isEmpty()) {
      replacedFiles.forget(node);
    }
  }
}
