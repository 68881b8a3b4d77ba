package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.CopyIn;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import java.io.IOException;

/**
 * {@code copy_file_range(2)}: the store copies by reference, so data neither pass through the
 * kernel nor are they written again. Each request says how much of it was done; the caller goes on.
 */
final class CopyOperation {
  /** What fits into the answer's 32 bits, in whole pages. */
  private static final long BYTES_MAX = Integer.MAX_VALUE & ~0xfffL;

  private final InodeFileSystem fileSystem;
  private final Invalidations invalidations;
  private final Privileges privileges;
  private final boolean kernelForgets;

  /**
   * @param kernelForgets whether the kernel forgets by itself what it has of a file that was copied
   *     into
   */
  CopyOperation(Served served, Privileges privileges, boolean kernelForgets) {
    this.fileSystem = served.fileSystem();
    this.invalidations = served.invalidations();
    this.privileges = privileges;
    this.kernelForgets = kernelForgets;
  }

  void copy(Request request, Answer answer) throws IOException {
    if (request.u64(CopyIn.FLAGS) != 0) {
      throw new FileSystemException(Errno.EINVAL);
    }
    privileges.drop(request.u64(CopyIn.NODE_OUT), !request.caller().isRoot());
    long copied =
        fileSystem.copyRange(
            request.u64(CopyIn.HANDLE_IN),
            request.u64(CopyIn.OFFSET_IN),
            request.u64(CopyIn.HANDLE_OUT),
            request.u64(CopyIn.OFFSET_OUT),
            length(request));
    if (!kernelForgets) {
      invalidations.ownContentChanged(request.u64(CopyIn.NODE_OUT));
    }
    Replies.number(answer, (int) copied);
  }

  /** More than a long can say is more than fits. */
  private static long length(Request request) {
    long length = request.u64(CopyIn.LENGTH);
    return length < 0 ? BYTES_MAX : Math.min(BYTES_MAX, length);
  }
}
