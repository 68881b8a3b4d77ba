package dev.brindle.daemon.serve;

import dev.brindle.daemon.host.Host;
import dev.brindle.namespace.Caller;
import dev.brindle.namespace.Entry;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.namespace.OpenFile;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Name;
import java.io.IOException;

/**
 * What open(2) asks for with O_CREAT where the kernel knows of no such name: a file is made and
 * opened, or the one is opened that another mount has made meanwhile.
 *
 * <p>A file that was made is the caller's, whatever becomes of its name before the answer: it was
 * opened in the same step, and nothing behind that step asks for it again. An error would have the
 * kernel, or the program, make it once more. Only what was found and not made may be gone when it
 * is opened: then the name is free, and it goes on from the beginning.
 */
public final class FileCreation {
  private static final int RACES_MAX = 16;

  private final InodeFileSystem fileSystem;
  private final int exclusiveFlag;
  private final int truncateFlag;

  public FileCreation(InodeFileSystem fileSystem, Host host) {
    this.fileSystem = fileSystem;
    exclusiveFlag = host.exclusiveFlag();
    truncateFlag = host.truncateFlag();
  }

  /** How a transport empties a file for O_TRUNC. */
  public interface Truncation {
    Entry run(long node) throws IOException;
  }

  /**
   * Makes a file and opens it, or opens the one that is there.
   *
   * @param mode permissions of a file that is made
   * @param flags the host's, of open(2)
   * @throws FileSystemException ESTALE, which has the kernel look the name up and check, where the
   *     caller's rights to the file that is there are not plain; EEXIST with O_EXCL
   */
  public OpenFile open(
      Caller caller, long parent, Name name, int mode, int flags, Truncation truncation)
      throws IOException {
    boolean writable = AccessMode.isWritable(flags);
    for (int race = 1; ; race++) {
      try {
        return fileSystem.create(caller, parent, name, mode, writable);
      } catch (FileSystemException e) {
        if (e.errno() != Errno.EEXIST || (flags & exclusiveFlag) != 0) {
          throw e;
        }
      }
      try {
        Entry found = find(caller, parent, name, flags, truncation);
        return new OpenFile(found, fileSystem.open(found.node(), writable));
      } catch (FileSystemException e) {
        if (e.errno() != Errno.ENOENT || race == RACES_MAX) {
          throw e;
        }
      }
    }
  }

  private Entry find(Caller caller, long parent, Name name, int flags, Truncation truncation)
      throws IOException {
    Entry found = fileSystem.lookup(parent, name);
    if (!OwnFile.mayOpen(caller, found.attributes(), flags, truncateFlag)) {
      throw new FileSystemException(Errno.ESTALE);
    }
    return (flags & truncateFlag) == 0 ? found : truncation.run(found.node());
  }
}
