package dev.brindle.store.disk;

import java.io.Closeable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A host's lock ({@code flock}) on a directory itself, beside the one on the file {@code lock} in
 * it: that file may be deleted, by somebody who takes it for a leftover, while its holder lives,
 * and the next one would lock a new file of that name. It goes away with the process.
 */
final class DirectoryHold implements Closeable {
  private static final int O_RDONLY = 0;

  /** Exclusive, and not waiting: 2 and 4 on every Unix. */
  private static final int LOCK_EX_NB = 2 | 4;

  private static final DirectoryHold NONE = new DirectoryHold(-1);

  private int descriptor;

  private DirectoryHold(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * @return null when another process holds the directory; a hold that keeps nobody away where the
   *     host, or the directory's file system, has no such lock
   */
  static @Nullable DirectoryHold tryTake(Path directory) {
    LibC.Calls calls = LibC.calls();
    if (calls == null) {
      return NONE;
    }
    HostConstants host = HostConstants.ofThisHost();
    int descriptor = calls.open(LibC.path(directory.toString()), O_RDONLY | host.oCloexec());
    if (descriptor < 0) {
      return NONE;
    }
    if (calls.flock(descriptor, LOCK_EX_NB) == 0) {
      return new DirectoryHold(descriptor);
    }
    boolean isHeld = LibC.lastError() == host.ewouldblock();
    calls.close(descriptor);
    return isHeld ? null : NONE;
  }

  @Override
  public void close() {
    LibC.Calls calls = LibC.calls();
    if (calls != null && descriptor >= 0) {
      calls.close(descriptor);
      descriptor = -1;
    }
  }
}
