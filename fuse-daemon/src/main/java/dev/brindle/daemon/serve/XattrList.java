package dev.brindle.daemon.serve;

import dev.brindle.daemon.host.Host;
import dev.brindle.namespace.Caller;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import java.nio.ByteBuffer;
import java.util.List;

/** What {@code listxattr(2)} answers: the names that the caller may know, each ended by a NUL. */
public final class XattrList {
  /** XATTR_LIST_MAX of Linux. */
  private static final int BYTES_MAX = 65_536;

  private XattrList() {}

  /**
   * @throws FileSystemException E2BIG for more than Linux lets anybody ask for
   */
  public static byte[] of(List<Name> names, Caller caller, Host host) throws FileSystemException {
    List<Name> shown =
        names.stream()
            .filter(name -> caller.isRoot() || !host.isXattrOfRoot(name.bytes()))
            .toList();
    int length = shown.stream().mapToInt(name -> name.length() + 1).sum();
    if (length > BYTES_MAX) {
      throw new FileSystemException(Errno.E2BIG);
    }
    ByteBuffer list = ByteBuffer.allocate(length);
    for (Name name : shown) {
      list.put(name.bytes()).put((byte) 0);
    }
    return list.array();
  }
}
