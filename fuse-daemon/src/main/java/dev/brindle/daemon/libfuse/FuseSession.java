package dev.brindle.daemon.libfuse;

import dev.brindle.daemon.host.ErrnoNumbers;
import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.serve.Faults;
import dev.brindle.daemon.serve.RemovedNodes;
import dev.brindle.daemon.serve.WorkerSession;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.Errno;
import java.io.IOException;
import java.util.Set;

/** A mount being served through libfuse's session and channel. */
final class FuseSession extends WorkerSession {
  private final FuseLibrary library;
  private final CachingOptions caching;
  private final int interruptedNumber;
  private final int unknownNumber;
  private final Operations operations;
  private final OperationTable table = new OperationTable();
  private final RemovedNodes removedNodes;

  private long session;
  private long channel;
  private int receiveBytes;

  /**
   * @param label for the log and the threads' names
   * @param detach takes the mount point off, whatever uses it
   */
  FuseSession(
      FuseLibrary library,
      InodeFileSystem fileSystem,
      Host host,
      CachingOptions caching,
      String label,
      Runnable detach) {
    super(label, detach);
    this.library = library;
    this.caching = caching;
    ErrnoNumbers numbers = new ErrnoNumbers(host);
    interruptedNumber = numbers.of(Errno.EINTR);
    unknownNumber = numbers.of(Errno.ENOENT);
    operations = new Operations(fileSystem, host, this::attributesChanged);
    fileSystem.listen(operations.listener());
    removedNodes = operations.removedNodes();
    XattrOperations xattrs = new XattrOperations(fileSystem, host);
    new Dispatcher(new Faults(numbers, label), this).register(table, operations, xattrs);
  }

  OperationTable table() {
    return table;
  }

  /** Takes over libfuse's objects and starts the first worker. */
  synchronized void start(long newSession, long newChannel) {
    session = newSession;
    channel = newChannel;
    receiveBytes = Math.toIntExact(library.fuse_chan_bufsize(channel));
    startServing();
  }

  long session() {
    return session;
  }

  long channel() {
    return channel;
  }

  RemovedNodes removedNodes() {
    return removedNodes;
  }

  int interruptedNumber() {
    return interruptedNumber;
  }

  @Override
  protected void startWorker(String name, int number) {
    new Worker(this, library, receiveBytes, new Reply(library, caching), name).start();
  }

  private void attributesChanged(long node) {
    library.fuse_lowlevel_notify_inval_inode(channel, node, -1, 0);
  }

  @Override
  protected Set<Long> nodesOpenForWriting() {
    return operations.nodesOpenForWriting();
  }

  @Override
  protected void writeBack(long node) throws IOException {
    int result = library.fuse_lowlevel_notify_inval_inode(channel, node, 0, 0);
    if (result != 0 && result != -unknownNumber && !isEnding()) {
      throw new IOException(label() + ": the kernel refuses to write back, error " + -result);
    }
  }

  @Override
  protected void close() {
    library.fuse_session_destroy(session);
    session = 0;
  }
}
