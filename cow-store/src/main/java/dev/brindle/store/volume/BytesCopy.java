package dev.brindle.store.volume;

import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Timestamp;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A part of a copy byte by byte, or of a hole. Under the target's lock and, when the source is
 * another head, that one's, and under the source's monitor: what is read is there when it is
 * written.
 */
final class BytesCopy {
  /** So much is copied at once. */
  static final int BUFFER_BYTES = 256 << 10;

  private static final int PAGE_BYTES = FileState.PAGE_BYTES;

  private final Engine engine;
  private final Head head;
  private final FileOperations files;
  private final CopySource source;
  private final long from;
  private final long to;
  private @Nullable ByteBuffer buffer;

  BytesCopy(Engine engine, Head head, FileOperations files, CopySource source, long from, long to) {
    this.engine = engine;
    this.head = head;
    this.files = files;
    this.source = source;
    this.from = from;
    this.to = to;
  }

  /**
   * Reads ahead, with no lock held, what the next copy takes from there: so that nobody waits for
   * the disk while it does.
   */
  void readAhead(long position, long end) throws IOException {
    source.tree().read(from, position, room(position, end));
  }

  /**
   * Copies the data, or makes the hole, that begins at a position.
   *
   * @param end where to stop at the latest
   * @param shift from the place in the source to that in the target
   * @return how many bytes; up to {@code end}, the end of a block or that of the source, 0 there
   */
  long copy(Change change, long position, long end, long shift) throws IOException {
    FileState read = source.state(from);
    if (read == null) {
      Inode original = source.view().inode(from);
      return copy(change, original, null, position, Math.min(end, original.size), shift);
    }
    synchronized (read) {
      Inode original = source.view().inode(from);
      return copy(change, original, read, position, Math.min(end, read.size()), shift);
    }
  }

  private long copy(
      Change change, Inode original, @Nullable FileState read, long position, long end, long shift)
      throws IOException {
    if (position >= end) {
      return 0;
    }
    FileContent content = new FileContent(source.view().tree(), from, original.size);
    long hole = holeEnd(content, original.size, read, position, end);
    if (hole > position) {
      return files.makeHole(change, to, position + shift, hole + shift) - (position + shift);
    }
    long most = position + Math.min(end - position, BUFFER_BYTES);
    long stop = dataEnd(content, original.size, read, position, most);
    ByteBuffer bytes = room(position, stop);
    int length = bytes.remaining();
    ReadPlan plan = new ReadPlan(bytes);
    if (read == null || !FileOperations.planDirty(read, content, plan, position, length)) {
      content.plan(plan, 0, position, length);
    }
    plan.run(engine.log(), length);
    write(change, position + shift, bytes.flip());
    return length;
  }

  private void write(Change change, long offset, ByteBuffer bytes) throws IOException {
    Inode inode = change.inode(to);
    inode.refuse(InodeFlags.UNCHANGEABLE);
    FileState state = change.attach(inode);
    synchronized (state) {
      state.refuseAfterLoss();
      files.copy(state, inode, offset, bytes);
      state.modified(Timestamp.now());
    }
  }

  /** Where the hole ends that a position is in; the position itself when it is in none. */
  private static long holeEnd(
      FileContent content, long size, @Nullable FileState read, long position, long end)
      throws IOException {
    long data = position < size ? content.seek(position, Seek.DATA, end) : end;
    return Math.max(position, Math.min(dirty(read, position, end), data < size ? data : end));
  }

  /** Where the data ends that begins at a position; one page of what waits for its flush. */
  private static long dataEnd(
      FileContent content, long size, @Nullable FileState read, long position, long end)
      throws IOException {
    if (dirty(read, position, end) < end) {
      return Math.min(end, (position | (PAGE_BYTES - 1)) + 1);
    }
    long hole = position < size ? content.seek(position, Seek.HOLE, end) : end;
    return Math.min(end, hole);
  }

  /** Where the first page begins in a range that waits for its flush; the range's end for none. */
  private static long dirty(@Nullable FileState read, long position, long end) {
    if (read == null) {
      return end;
    }
    synchronized (read) {
      long page = read.dirtyPages().next(position >>> FileState.PAGE_SHIFT);
      return page == DirtyPages.NONE ? end : Math.min(end, page << FileState.PAGE_SHIFT);
    }
  }

  /** A buffer for what is read at once: up to the end, or that of a block. */
  private ByteBuffer room(long position, long end) {
    ByteBuffer bytes = buffer;
    if (bytes == null) {
      bytes = ByteBuffer.allocate(BUFFER_BYTES);
      buffer = bytes;
    }
    int most = BUFFER_BYTES - (int) (position & (PAGE_BYTES - 1));
    return bytes.clear().limit((int) Math.min(most, end - position));
  }
}
