package dev.brindle.store.volume;

import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;
import org.tinylog.Logger;

/**
 * One {@code copy_file_range(2)}: by reference where blocks of both files stand on each other, and
 * else, at ragged ends and of content that stands in the tree, byte by byte. Holes stay holes. Each
 * step is as if at one instant, and ends where a block of the source ends, or the source; a call
 * ends early when it has worked long, and its caller goes on.
 */
final class RangeCopy {
  /** Of bytes that pass through memory, so many a call. */
  private static final long BYTES_MAX = 16 << 20;

  /** Of steps that copy by reference, so many a call: each touches 1,024 extents at the most. */
  private static final int SHARES_MAX = 32;

  private static final int BLOCK_BYTES = Extent.BLOCK_BYTES;

  private final Engine engine;
  private final WritableFileTree tree;
  private final Head head;
  private final CopySource source;
  private final long from;
  private final long to;
  private final FileOperations files;
  private final ExtentCopy extents;
  private final BytesCopy bytes;

  /**
   * @param tree the head's
   * @param from the inode that is read
   * @param to the inode that is written
   */
  RangeCopy(
      Engine engine,
      WritableFileTree tree,
      Head head,
      FileOperations files,
      CopySource source,
      long from,
      long to) {
    this.engine = engine;
    this.tree = tree;
    this.head = head;
    this.files = files;
    this.source = source;
    this.from = from;
    this.to = to;
    this.extents = new ExtentCopy(head, files, source, from, to);
    this.bytes = new BytesCopy(engine, head, files, source, from, to);
  }

  /**
   * @return how many bytes were copied; fewer than asked for at the source's end, after much work,
   *     and when something failed after a part was done: then the next call says what
   */
  long run(long sourceOffset, long offset, long length) throws IOException {
    InodeAttributes original = source.tree().getattr(from);
    InodeAttributes inode = tree.getattr(to);
    refuseOthers(original.mode());
    refuseOthers(inode.mode());
    if (sourceOffset < 0 || offset < 0 || length < 0) {
      throw new FileSystemException(Errno.EINVAL);
    }
    long wanted = Math.max(0, Math.min(length, original.size() - sourceOffset));
    if (offset > Long.MAX_VALUE - wanted) {
      throw new FileSystemException(Errno.EFBIG);
    }
    if (isSameFile() && Math.abs(sourceOffset - offset) < wanted) {
      throw new FileSystemException(Errno.EINVAL, "the ranges overlap");
    }
    source.hold(from);
    try {
      return copy(sourceOffset, offset - sourceOffset, wanted);
    } finally {
      source.release(from);
    }
  }

  private boolean isSameFile() {
    return source.head() == head && from == to;
  }

  private static void refuseOthers(int mode) throws FileSystemException {
    if (!FileMode.isRegular(mode)) {
      throw new FileSystemException(FileMode.isDirectory(mode) ? Errno.EISDIR : Errno.EINVAL);
    }
  }

  private long copy(long start, long shift, long wanted) throws IOException {
    long end = start + wanted;
    long position = start;
    long bytesLeft = BYTES_MAX;
    int sharesLeft = SHARES_MAX;
    Head read = source.head();
    if (read != null) {
      // what is written after this is copied out of memory
      flush(read, from);
    }
    while (position < end && bytesLeft > 0 && sharesLeft > 0) {
      try {
        long step = share(position, position + shift, end - position);
        if (step > 0) {
          sharesLeft--;
        } else {
          step = copyNext(position, Math.min(end, bytesEnd(position, shift)), shift);
          bytesLeft -= Math.min(step, BytesCopy.BUFFER_BYTES);
        }
        position += step;
        boolean atSourceEnd = step == 0 || position % BLOCK_BYTES != 0;
        if (atSourceEnd) {
          break;
        }
      } catch (IOException e) {
        if (position == start) {
          throw e;
        }
        Logger.debug("a copy ends after {} bytes: {}", position - start, e.getMessage());
        break;
      }
    }
    return position - start;
  }

  /** Bytes are copied to where the next block may be shared; when none may, to the end. */
  private static long bytesEnd(long position, long shift) {
    if (shift % BLOCK_BYTES != 0) {
      return Long.MAX_VALUE;
    }
    long left = BLOCK_BYTES - position % BLOCK_BYTES;
    return position + Math.min(left, Long.MAX_VALUE - position);
  }

  /** Copies by reference what begins at a block's boundary; 0 when nothing can be. */
  private long share(long sourceOffset, long offset, long length) throws IOException {
    if (sourceOffset % BLOCK_BYTES != 0 || offset % BLOCK_BYTES != 0) {
      return 0;
    }
    Head read = source.head();
    flush(head, to);
    boolean allowed = engine.format().isAtLeast(Superblock.SHARING);
    long copied =
        engine.grow(
            head, read, change -> extents.copy(change, sourceOffset, offset, length, allowed));
    if (copied != ExtentCopy.NOT_ALLOWED) {
      return copied;
    }
    engine.format().raise(Superblock.SHARING);
    return share(sourceOffset, offset, length);
  }

  private void flush(Head of, long inode) throws IOException {
    FileState state = of.state(inode);
    if (state != null) {
      engine.flushing().flush(of, state, false);
    }
  }

  /** Copies byte by byte, or makes the hole, that begins at a position; 0 at the file's end. */
  private long copyNext(long position, long end, long shift) throws IOException {
    Head read = source.head();
    engine.admitWrite((int) Math.min(end - position, BytesCopy.BUFFER_BYTES));
    bytes.readAhead(position, end);
    long copied = engine.grow(head, read, change -> bytes.copy(change, position, end, shift));
    files.flushStream(to);
    return copied;
  }
}
