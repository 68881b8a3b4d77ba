package dev.brindle.store.volume;

import dev.brindle.store.Timestamp;
import dev.brindle.store.log.Append;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Brings one file's dirty pages into the log and its tree: one append takes up to 1,024 pages in
 * the order of their offsets, so that the size in the tree never passes a page that is still dirty.
 */
final class Flush {
  private final Engine engine;
  private final Head head;
  private final FileState state;

  Flush(Engine engine, Head head, FileState state) {
    this.engine = engine;
    this.head = head;
    this.state = state;
  }

  /** A run of pages without a gap. */
  private record Run(long page, int count) {}

  /**
   * Flushes what is dirty now and, in the same last write, the redo that waits.
   *
   * @param withRedo true when an {@code fsync} follows
   */
  void run(boolean withRedo) throws IOException {
    long pagesLeft = state.dirtyPageCount();
    do {
      pagesLeft -= step(withRedo && pagesLeft <= engine.appendBlocksMax());
    } while (pagesLeft > 0 && !state.isClean());
  }

  /** One append; returns how many pages it took, at least 1 so that a caller's loop ends. */
  private int step(boolean withRedo) throws IOException {
    int pagesMax = Math.min(engine.appendBlocksMax(), Math.max(1, state.dirtyPageCount()));
    try (Append append = engine.beginAppend(pagesMax, withRedo)) {
      List<ByteBuffer> data = engine.flushChange(head, change -> apply(change, append, pagesMax));
      engine.write(append, withRedo);
      engine.dirtyBytes().add(-(long) data.size() * FileState.PAGE_BYTES);
      return Math.max(1, data.size());
    }
  }

  private List<ByteBuffer> apply(Change change, Append append, int pagesMax) throws IOException {
    synchronized (state) {
      List<ByteBuffer> data = new ArrayList<>();
      Inode inode = change.view().find(state.inode);
      if (inode == null || state.isClean()) {
        return data;
      }
      FileContent content = new FileContent(change.tree(), inode.number, inode.size);
      if (fitsInline(inode)) {
        storeInline(change, inode, content);
        return data;
      }
      storeExtents(change, inode, take(pagesMax, data), data, append);
      return data;
    }
  }

  private void storeExtents(
      Change change, Inode inode, List<Run> runs, List<ByteBuffer> data, Append append)
      throws IOException {
    try {
      long inlineHigh = ItemType.high(inode.number, ItemType.INLINE);
      if (!runs.isEmpty() && runs.get(0).page == 0 && change.tree().get(inlineHigh, 0) != null) {
        change.remove(inlineHigh, 0);
      }
      append.publish(data.toArray(ByteBuffer[]::new));
      long address = append.dataAddress();
      ExtentMap extents = new ExtentMap(change, inode);
      for (Run run : runs) {
        extents.replace(run.page, address, run.count);
        address += run.count;
      }
      store(change, inode);
    } catch (IOException | RuntimeException e) {
      engine.fault().report("the flush of inode " + inode.number, e);
      throw e;
    }
  }

  private boolean fitsInline(Inode inode) {
    synchronized (state) {
      return inode.isRegular() && inode.blocks == 0 && state.size() <= FileContent.INLINE_BYTES_MAX;
    }
  }

  private void storeInline(Change change, Inode inode, FileContent content) throws IOException {
    synchronized (state) {
      int size = (int) state.size();
      byte[] page = state.dirtyPages().remove(0L);
      if (page != null) {
        engine.dirtyBytes().add(-FileState.PAGE_BYTES);
        change.put(
            ItemType.high(inode.number, ItemType.INLINE), 0, java.util.Arrays.copyOf(page, size));
      } else {
        byte[] old = content.inline();
        if (old != null && old.length > size) {
          throw new IllegalStateException("inline data behind the end of inode " + inode.number);
        }
      }
      store(change, inode);
    }
  }

  /** Takes the first pages out of the state, in order. */
  private List<Run> take(int pagesMax, List<ByteBuffer> data) {
    synchronized (state) {
      List<Run> runs = new ArrayList<>();
      long start = -1;
      int count = 0;
      Iterator<Map.Entry<Long, byte[]>> pages = state.dirtyPages().entrySet().iterator();
      while (pages.hasNext() && data.size() < pagesMax) {
        Map.Entry<Long, byte[]> page = pages.next();
        if (count > 0 && page.getKey() != start + count) {
          runs.add(new Run(start, count));
          count = 0;
        }
        if (count == 0) {
          start = page.getKey();
        }
        count++;
        data.add(ByteBuffer.wrap(page.getValue()));
        pages.remove();
      }
      if (count > 0) {
        runs.add(new Run(start, count));
      }
      return runs;
    }
  }

  /** Size and times; the size up to the first page that is still dirty. */
  private void store(Change change, Inode inode) {
    synchronized (state) {
      long size = state.size();
      if (state.dirtyPages().isEmpty()) {
        inode.size = size;
        state.sizeStored(size);
      } else {
        long flushed = state.dirtyPages().firstKey() << FileState.PAGE_SHIFT;
        inode.size = Math.max(inode.size, Math.min(size, flushed));
      }
      Timestamp modified = state.takeModified();
      if (modified != null) {
        inode.modificationTime = modified;
        inode.changeTime = modified.compareTo(inode.changeTime) > 0 ? modified : inode.changeTime;
      }
      change.update(inode);
    }
  }
}
