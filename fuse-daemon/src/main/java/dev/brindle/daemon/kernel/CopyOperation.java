package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.CopyIn;
import dev.brindle.namespace.Caller;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.AttributeChange;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.WritableFileTree.FallocateMode;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * {@code copy_file_range(2)}: the data go from file to file without a way through the kernel. Holes
 * stay holes. Each request copies so much at the most and says how much; the caller goes on.
 */
final class CopyOperation {
  private static final int BYTES_MAX = 16 << 20;

  private final InodeFileSystem fileSystem;
  private final Privileges privileges;

  CopyOperation(InodeFileSystem fileSystem, Privileges privileges) {
    this.fileSystem = fileSystem;
    this.privileges = privileges;
  }

  void copy(Request request, Answer answer) throws IOException {
    if (request.u64(CopyIn.FLAGS) != 0) {
      throw new FileSystemException(Errno.EINVAL);
    }
    if (!request.caller().isRoot()) {
      privileges.dropBits(request.caller(), request.u64(CopyIn.NODE_OUT));
    }
    privileges.dropCapability(request.u64(CopyIn.NODE_OUT));
    long from = request.u64(CopyIn.HANDLE_IN);
    long to = request.u64(CopyIn.HANDLE_OUT);
    long start = request.u64(CopyIn.OFFSET_IN);
    long shift = request.u64(CopyIn.OFFSET_OUT) - start;
    long position = start;
    long end = start + Math.min(BYTES_MAX, request.u64(CopyIn.LENGTH));
    while (position < end) {
      long step = copyNext(answer, from, to, position, end, shift);
      if (step == 0) {
        break;
      }
      position += step;
    }
    Replies.number(answer, (int) (position - start));
  }

  /** Copies the data, or makes the hole, that begins at a position; 0 at the file's end. */
  private long copyNext(Answer answer, long from, long to, long position, long end, long shift)
      throws IOException {
    long data = next(from, position, Seek.DATA);
    if (data == position) {
      long hole = next(from, position, Seek.HOLE);
      int length = (int) Math.min(answer.bodyBytesMax(), Math.min(end, hole) - position);
      ByteBuffer buffer = answer.room(length);
      int count = fileSystem.read(from, position, buffer);
      if (count > 0) {
        fileSystem.write(to, position + shift, answer.room(count));
      }
      return count;
    }
    long holeEnd = Math.min(end, data < 0 ? size(from) : data);
    if (holeEnd > position) {
      fileSystem.fallocate(to, FallocateMode.PUNCH_HOLE, position + shift, holeEnd - position);
      extend(to, holeEnd + shift);
    }
    return Math.max(0, holeEnd - position);
  }

  /** A hole at the end makes the file longer, and no shorter. */
  private void extend(long handle, long size) throws IOException {
    if (size(handle) < size) {
      long node = fileSystem.node(handle);
      fileSystem.setattr(Caller.ROOT, node, AttributeChange.ofSize(size));
    }
  }

  private long size(long handle) throws IOException {
    return fileSystem.getattr(fileSystem.node(handle)).attributes().size();
  }

  /** -1 when there is no more. */
  private long next(long handle, long position, Seek whence) throws IOException {
    try {
      return fileSystem.seek(handle, position, whence);
    } catch (FileSystemException e) {
      if (e.errno() == Errno.ENXIO) {
        return -1;
      }
      throw e;
    }
  }
}
