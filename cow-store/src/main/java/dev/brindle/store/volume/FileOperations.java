package dev.brindle.store.volume;

import dev.brindle.store.CallerThread;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.Timestamp;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.log.Pin;
import dev.brindle.store.volume.PageMemory.Page;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and writes of file content. */
final class FileOperations {
  private static final int PAGE_BYTES = FileState.PAGE_BYTES;
  private static final int PAGE_SHIFT = FileState.PAGE_SHIFT;
  private static final int PAGE_MASK = PAGE_BYTES - 1;

  /** Extents that one operation touches; a larger range takes several. */
  private static final int ITEMS_PER_CHANGE = 1024;

  /** As many pages of 4 KiB are looked at in some 10 ms. */
  private static final long SEEK_BYTES = 64 << 20;

  /** So many dirty pages of one file are flushed without waiting for more. */
  private static final int STREAM_PAGES = Extent.BLOCKS_MAX;

  private final Engine engine;
  private final Head head;

  FileOperations(Engine engine, Head head) {
    this.engine = engine;
    this.head = head;
  }

  int read(long number, long offset, ByteBuffer target) throws IOException {
    try (Pin pin = engine.log().pin()) {
      ReadPlan plan = new ReadPlan(target);
      int length;
      head.lock.readLock().lock();
      try {
        head.refuseDeleted();
        Inode inode = regular(head.view().inode(number));
        FileState state = head.state(number);
        FileContent content = new FileContent(head.view().tree(), number, inode.size);
        if (state == null) {
          length = lengthUpTo(inode.size, offset, target);
          content.plan(plan, 0, offset, length);
        } else {
          synchronized (state) {
            length = lengthUpTo(state.size(), offset, target);
            if (length > 0 && !planDirty(state, content, plan, offset, length)) {
              content.plan(plan, 0, offset, length);
            }
          }
        }
      } finally {
        head.lock.readLock().unlock();
      }
      plan.run(engine.log(), length);
      return length;
    }
  }

  private static int lengthUpTo(long size, long offset, ByteBuffer target) {
    return (int) Math.max(0, Math.min(target.remaining(), size - offset));
  }

  /** Plans a read over dirty pages; false when there are none in the range. */
  static boolean planDirty(
      FileState state, FileContent content, ReadPlan plan, long offset, int length)
      throws IOException {
    synchronized (state) {
      long first = offset >>> PAGE_SHIFT;
      long last = (offset + length - 1) >>> PAGE_SHIFT;
      DirtyPages pages = state.dirtyPages();
      if (pages.next(first) > last) {
        return false;
      }
      long position = offset;
      for (long page = pages.next(first); page <= last; page = pages.next(page + 1)) {
        long start = Math.max(offset, page << PAGE_SHIFT);
        content.plan(plan, (int) (position - offset), position, (int) (start - position));
        // the end of the file's last possible page is behind what a long can say
        long end = start + Math.min(offset + length - start, PAGE_BYTES - (start & PAGE_MASK));
        plan.copy(
            (int) (start - offset),
            pages.get(page),
            (int) (start & PAGE_MASK),
            (int) (end - start));
        position = end;
      }
      content.plan(plan, (int) (position - offset), position, (int) (offset + length - position));
      return true;
    }
  }

  /**
   * Writes at an offset, or at the file's end.
   *
   * @param offset null to append
   * @param keepsTimes whether the file's times stay as they are
   * @return where the bytes went
   */
  long write(long number, @Nullable Long offset, ByteBuffer source, boolean keepsTimes)
      throws IOException {
    int length = source.remaining();
    engine.admitWrite(length);
    FileState state;
    long at;
    head.passBarrier();
    try (Pin pin = engine.log().pin()) {
      head.lock.readLock().lock();
      try {
        head.refuseDeleted();
        Inode inode = regular(head.view().inode(number));
        // whole pages come from a kernel that appended, and let nobody do anything else
        inode.refuse(offset == null || keepsTimes ? InodeFlags.IMMUTABLE : InodeFlags.UNCHANGEABLE);
        state = head.attach(inode);
        synchronized (state) {
          state.refuseAfterLoss();
          at = offset == null ? state.size() : offset;
          if (at < 0 || at > Long.MAX_VALUE - length) {
            throw new FileSystemException(at < 0 ? Errno.EINVAL : Errno.EFBIG);
          }
          if (length > 0) {
            CallerThread.markBegun();
            copy(state, inode, at, source);
            if (!keepsTimes) {
              state.modified(Timestamp.now());
            }
          }
        }
      } finally {
        head.lock.readLock().unlock();
      }
    } finally {
      head.barrier.readLock().unlock();
    }
    flushStream(number);
    return at;
  }

  /** Has a file flushed of which very much is dirty. */
  void flushStream(long number) {
    FileState state = head.state(number);
    if (state != null && state.dirtyPageCount() >= STREAM_PAGES) {
      engine.flushing().flushSoon(head, state);
    }
  }

  /** Copies bytes to the file's pages; the time of the write is the caller's. */
  void copy(FileState state, Inode inode, long at, ByteBuffer source) throws IOException {
    synchronized (state) {
      long end = at + source.remaining();
      if (end > state.size()) {
        zeroBehindEnd(state, inode, at);
      }
      long position = at;
      while (position < end) {
        long index = position >>> PAGE_SHIFT;
        int from = (int) (position & PAGE_MASK);
        int length = (int) Math.min(PAGE_BYTES - from, end - position);
        page(state, inode, index, length == PAGE_BYTES).put(from, source, length);
        position += length;
      }
      if (end > state.size()) {
        state.grow(end);
      }
    }
  }

  /**
   * Notes when a file was written whose data waits for its flush, to be stored with it.
   *
   * @return false when nothing waits, or a later change is known already
   */
  boolean noteWriteTime(long number, Timestamp time) throws IOException {
    head.passBarrier();
    try {
      head.lock.readLock().lock();
      try {
        Inode inode = head.view().inode(number);
        FileState state = head.state(number);
        return state != null
            && time.compareTo(inode.changeTime) >= 0
            && state.modifiedWithData(time);
      } finally {
        head.lock.readLock().unlock();
      }
    } finally {
      head.barrier.readLock().unlock();
    }
  }

  /**
   * Makes the page with the file's end dirty before the file grows past it: the tree's bytes behind
   * the end are undefined. Where the tree has none there is nothing to hide.
   *
   * @param next where the next write begins; a page that it begins in is made anyway
   */
  private void zeroBehindEnd(FileState state, Inode inode, long next) throws IOException {
    synchronized (state) {
      long size = state.size();
      long index = size >>> PAGE_SHIFT;
      boolean aligned = (size & PAGE_MASK) == 0;
      if (!aligned && index != next >>> PAGE_SHIFT && !isHole(state, inode, index)) {
        page(state, inode, index, false);
      }
    }
  }

  /** True when a page is neither dirty nor in the tree. */
  private boolean isHole(FileState state, Inode inode, long index) throws IOException {
    synchronized (state) {
      return state.dirtyPages().find(index) == null
          && new FileContent(head.view().tree(), inode.number, inode.size).isHole(index);
    }
  }

  /** The dirty page of an index, made of the tree's content when it was not dirty. */
  private Page page(FileState state, Inode inode, long index, boolean overwritten)
      throws IOException {
    synchronized (state) {
      Page page = state.dirtyPages().find(index);
      if (page == null) {
        page = engine.dirtyBytes().take();
        if (!overwritten) {
          fill(page, inode, index);
        }
        state.dirtyPages().add(index, page);
      }
      return page;
    }
  }

  private void fill(Page page, Inode inode, long index) throws IOException {
    if (index << PAGE_SHIFT >= inode.size) {
      page.zero(0, PAGE_BYTES);
      return;
    }
    try {
      new FileContent(head.view().tree(), inode.number, inode.size)
          .readPage(engine.log(), index, page.bytes());
    } catch (IOException | RuntimeException | Error e) {
      engine.dirtyBytes().giveBack(List.of(page));
      throw e;
    }
  }

  /**
   * Cuts or extends a file, of which the caller may change more in the same operation.
   *
   * @return true when there are more extents to remove, in a further step
   * @throws FileSystemException EINVAL, EISDIR
   */
  boolean truncateStep(Change change, long number, long size) throws IOException {
    Inode inode = change.inode(number);
    if (inode.isDirectory()) {
      throw new FileSystemException(Errno.EISDIR);
    }
    if (!inode.isRegular() || size < 0) {
      throw new FileSystemException(Errno.EINVAL);
    }
    FileState state = change.attach(inode);
    synchronized (state) {
      change.whenDone(state::takeModified);
      inode.touch(change.now());
      change.update(inode);
      if (size > state.size()) {
        zeroBehindEnd(state, inode, Long.MAX_VALUE);
        change.whenDone(() -> state.grow(size));
        return false;
      }
      return cut(change, inode, state, size);
    }
  }

  private boolean cut(Change change, Inode inode, FileState state, long size) throws IOException {
    synchronized (state) {
      change.whenDone(() -> dropTail(state, size));
      if (size < inode.size || inode.blocks > 0) {
        cutInline(change, inode, size);
        long wanted = pagesTo(size);
        long left = new ExtentMap(change, inode).cutTail(wanted, ITEMS_PER_CHANGE);
        if (left > wanted) {
          long reached = Math.max(size, Math.min(inode.size, Extent.endOf(left)));
          inode.size = Math.min(inode.size, reached);
          change.whenDone(() -> state.grow(reached));
          return true;
        }
        inode.size = Math.min(inode.size, size);
      }
      boolean stored = inode.size == size;
      change.whenDone(() -> state.cut(size, stored));
      return false;
    }
  }

  /** Forgets dirty bytes behind a new end. */
  private void dropTail(FileState state, long size) {
    synchronized (state) {
      dropPages(state, pagesTo(size), Long.MAX_VALUE);
      int tail = (int) (size & PAGE_MASK);
      Page last = tail == 0 ? null : state.dirtyPages().find(size >>> PAGE_SHIFT);
      if (last != null) {
        last.zero(tail, PAGE_BYTES);
      }
    }
  }

  private static void cutInline(Change change, Inode inode, long size) throws IOException {
    long high = ItemType.high(inode.number, ItemType.INLINE);
    byte[] inline = change.tree().get(high, 0);
    if (inline != null && inline.length > size) {
      change.putOrRemove(high, 0, size == 0 ? null : java.util.Arrays.copyOf(inline, (int) size));
    }
  }

  /** Forgets dirty pages of a range, the end exclusive. */
  void dropPages(FileState state, long from, long to) {
    synchronized (state) {
      engine.dirtyBytes().giveBack(state.dirtyPages().remove(from, to));
    }
  }

  /** Forgets all that is dirty of a file that has no names any more. */
  void discard(FileState state) {
    dropPages(state, 0, Long.MAX_VALUE);
    synchronized (state) {
      state.takeModified();
      state.sizeStored(state.size());
    }
  }

  long seek(long number, long offset, Seek whence) throws IOException {
    FileState state = head.state(number);
    if (state != null) {
      engine.flushing().flush(head, state, false);
    }
    Found found = new Found(offset, false);
    while (!found.whole) {
      long position = found.position;
      found = engine.look(head, view -> seekNext(view, number, offset, position, whence));
    }
    return found.position;
  }

  /**
   * @param whole false when the search goes on from the position
   */
  private record Found(long position, boolean whole) {}

  /** A part of a search, so that nobody waits long for the head's lock. */
  private static Found seekNext(TreeView view, long number, long offset, long position, Seek whence)
      throws IOException {
    Inode inode = regular(view.inode(number));
    boolean cutMeanwhile = position > offset && position >= inode.size;
    if (cutMeanwhile && whence == Seek.HOLE && offset < inode.size) {
      return new Found(inode.size, true);
    }
    long limit = position + Math.min(SEEK_BYTES, Long.MAX_VALUE - Math.max(0, position));
    FileContent content = new FileContent(view.tree(), number, inode.size);
    long found = seek(content, inode, position, whence, limit);
    return new Found(found, found < limit || found >= inode.size);
  }

  /** Looks for data or a hole that begins before a limit. */
  static long seek(FileContent content, Inode inode, long offset, Seek whence, long limit)
      throws IOException {
    if (offset < 0 || offset >= inode.size) {
      throw new FileSystemException(Errno.ENXIO);
    }
    long found = content.seek(offset, whence, limit);
    if (whence == Seek.DATA && found >= inode.size) {
      throw new FileSystemException(Errno.ENXIO);
    }
    return found;
  }

  void fallocate(long number, FallocateMode mode, long offset, long length) throws IOException {
    if (offset < 0 || length <= 0) {
      throw new FileSystemException(Errno.EINVAL);
    }
    if (offset > Long.MAX_VALUE - length) {
      throw new FileSystemException(Errno.EFBIG);
    }
    FileState state = head.state(number);
    if (state != null) {
      engine.flushing().flush(head, state, false);
    }
    if (mode != FallocateMode.PUNCH_HOLE) {
      engine.admitSpace(length);
    }
    long end = offset + length;
    for (long position = offset; position < end; ) {
      position = fallocateStep(number, mode, position, end);
    }
  }

  /** Returns where it ends: each change is of so many extents at the most. */
  private long fallocateStep(long number, FallocateMode mode, long from, long to)
      throws IOException {
    return engine.grow(
        head,
        change -> {
          long end = stepEnd(change, number, from, to);
          fallocate(change, number, mode, from, end);
          return end;
        });
  }

  /** The end of a range, or that of the last extent in it that one change should touch. */
  private static long stepEnd(Change change, long number, long from, long to) throws IOException {
    Inode inode = change.inode(number);
    return new FileContent(change.tree(), number, inode.size)
        .extentsEnd(from, to, ITEMS_PER_CHANGE);
  }

  /**
   * Makes a hole, also behind the file's end, which is at least where the hole ends then.
   *
   * @return the end of the hole, which may be before the one that is asked for
   */
  long makeHole(Change change, long number, long from, long most) throws IOException {
    long to = stepEnd(change, number, from, most);
    fallocate(change, number, FallocateMode.PUNCH_HOLE, from, to);
    Inode inode = change.inode(number);
    FileState state = change.attach(inode);
    synchronized (state) {
      if (to > state.size()) {
        // what was reserved there, behind the end
        new ExtentMap(change, inode).cut(pagesTo(Math.max(from, state.size())), pagesTo(to));
        change.update(inode);
        zeroBehindEnd(state, inode, Long.MAX_VALUE);
        change.whenDone(() -> state.grow(to));
      }
    }
    return to;
  }

  private void fallocate(Change change, long number, FallocateMode mode, long from, long to)
      throws IOException {
    Inode inode = change.inode(number);
    if (!inode.isRegular()) {
      throw new FileSystemException(inode.isDirectory() ? Errno.EISDIR : Errno.ENODEV);
    }
    inode.refuse(
        mode == FallocateMode.ALLOCATE_KEEP_SIZE ? InodeFlags.IMMUTABLE : InodeFlags.UNCHANGEABLE);
    FileState state = change.attach(inode);
    synchronized (state) {
      boolean keepsSize =
          mode == FallocateMode.ALLOCATE_KEEP_SIZE
              || mode == FallocateMode.ZERO_RANGE_KEEP_SIZE
              || mode == FallocateMode.PUNCH_HOLE;
      boolean clears = mode != FallocateMode.ALLOCATE && mode != FallocateMode.ALLOCATE_KEEP_SIZE;
      if (clears) {
        clear(change, inode, state, from, Math.min(to, Math.max(from, state.size())));
      }
      inode.touch(change.now());
      change.whenDone(state::takeModified);
      change.update(inode);
      if (mode != FallocateMode.PUNCH_HOLE) {
        if (!keepsSize && to > state.size()) {
          zeroBehindEnd(state, inode, Long.MAX_VALUE);
          change.whenDone(() -> state.grow(to));
        }
        FileContent content = new FileContent(change.tree(), number, inode.size);
        long first =
            content.inline() == null ? from >>> PAGE_SHIFT : Math.max(1, from >>> PAGE_SHIFT);
        long last = pagesTo(to);
        new ExtentMap(change, inode).reserve(first, last);
      }
    }
  }

  /** Makes a range read as zeros: whole pages become holes, their neighbours dirty. */
  private void clear(Change change, Inode inode, FileState state, long from, long to)
      throws IOException {
    synchronized (state) {
      if (from >= to) {
        return;
      }
      long firstWhole = pagesTo(from);
      boolean toEnd = to >= state.size();
      long lastWhole = toEnd ? pagesTo(to) : to >>> PAGE_SHIFT;
      zeroPart(state, inode, from, firstWhole == pagesTo(to) ? to : firstWhole << PAGE_SHIFT);
      if (lastWhole >= firstWhole) {
        if (!toEnd) {
          zeroPart(state, inode, lastWhole << PAGE_SHIFT, to);
        }
        change.whenDone(() -> dropPages(state, firstWhole, Math.max(firstWhole, lastWhole)));
        if (new FileContent(change.tree(), inode.number, inode.size).inline() != null
            && firstWhole == 0
            && lastWhole > 0) {
          change.remove(ItemType.high(inode.number, ItemType.INLINE), 0);
        }
        new ExtentMap(change, inode).cut(firstWhole, lastWhole);
      }
    }
  }

  /** Pages up to an offset, a part of one counted as one. */
  private static long pagesTo(long offset) {
    return (offset >>> PAGE_SHIFT) + ((offset & PAGE_MASK) == 0 ? 0 : 1);
  }

  private void zeroPart(FileState state, Inode inode, long from, long to) throws IOException {
    if (from < to) {
      synchronized (state) {
        long index = from >>> PAGE_SHIFT;
        if (isHole(state, inode, index)) {
          return;
        }
        int at = (int) (from & PAGE_MASK);
        page(state, inode, index, false).zero(at, at + (int) (to - from));
        state.modified(Timestamp.now());
      }
    }
  }

  private static Inode regular(Inode inode) throws FileSystemException {
    if (!inode.isRegular()) {
      throw new FileSystemException(inode.isDirectory() ? Errno.EISDIR : Errno.EINVAL);
    }
    return inode;
  }
}
