package dev.brindle.daemon.libfuse;

import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.serve.XattrList;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import java.io.IOException;
import java.util.List;

/**
 * The operations on extended attributes. A caller that gives no room (size 0) asks how much it
 * needs; too little is ERANGE.
 */
final class XattrOperations {
  /** XATTR_SIZE_MAX of Linux, in bytes. */
  private static final int SIZE_MAX = 65_536;

  private final InodeFileSystem fileSystem;
  private final Host host;

  XattrOperations(InodeFileSystem fileSystem, Host host) {
    this.fileSystem = fileSystem;
    this.host = host;
  }

  void setxattr(Worker worker, long request, long node, long name, long value, long size, int flags)
      throws IOException {
    if (size > SIZE_MAX) {
      throw new FileSystemException(Errno.E2BIG);
    }
    byte[] bytes = new byte[(int) size];
    worker.bytes(value, bytes.length).get(bytes);
    fileSystem.setxattr(
        worker.caller(request), node, name(worker, name), bytes, host.xattrMode(flags));
    worker.reply().success();
  }

  void getxattr(Worker worker, long request, long node, long name, long size) throws IOException {
    reply(worker, fileSystem.getxattr(node, name(worker, name)), size);
  }

  void listxattr(Worker worker, long request, long node, long size) throws IOException {
    List<Name> names = fileSystem.listxattr(node);
    reply(worker, XattrList.of(names, worker.caller(request), host), size);
  }

  void removexattr(Worker worker, long request, long node, long name) throws IOException {
    fileSystem.removexattr(worker.caller(request), node, name(worker, name));
    worker.reply().success();
  }

  /**
   * @throws FileSystemException as {@link Host#requireXattrName}; access control lists are not
   *     kept, for the kernel would not obey what it had stored
   */
  private Name name(Worker worker, long pointer) throws FileSystemException {
    byte[] bytes = worker.string(pointer);
    host.requireXattrName(bytes);
    return Name.of(bytes);
  }

  private static void reply(Worker worker, byte[] bytes, long room) throws FileSystemException {
    if (room == 0) {
      worker.reply().size(bytes.length);
    } else if (bytes.length > room) {
      throw new FileSystemException(Errno.ERANGE);
    } else {
      Operations.replyBytes(worker, bytes);
    }
  }
}
