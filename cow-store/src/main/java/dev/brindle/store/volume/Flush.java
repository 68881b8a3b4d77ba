package dev.brindle.store.volume;

import dev.brindle.store.Timestamp;
import dev.brindle.store.log.Append;
import dev.brindle.store.volume.PageMemory.Page;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings one file's dirty pages into the log and its tree: one append takes up to 1,024 pages in
 * the order of their offsets, so that the size in the tree never passes a page that is still dirty.
 */
final class Flush {
  /** Room for pages that are written between counting and taking them; more where many come. */
  private static final int MORE_PAGES = 16;

  private final Engine engine;
  private final Head head;
  private final FileState state;
  private boolean forCheckpoint;

  Flush(Engine engine, Head head, FileState state) {
    this.engine = engine;
    this.head = head;
    this.state = state;
  }

  /** A run of pages without a gap. */
  private record Run(long page, int count) {}

  /**
   * Pages that go to the tree in one step.
   *
   * @param next the first dirty page that does not, or {@link DirtyPages#NONE}
   * @param size of the file in the tree then
   */
  private record Pages(List<Page> memory, List<Run> runs, long next, long size) {
    static final Pages NONE = new Pages(List.of(), List.of(), DirtyPages.NONE, 0);

    Pages withSize(long newSize) {
      return new Pages(memory, runs, next, newSize);
    }

    boolean isLast() {
      return next == DirtyPages.NONE;
    }

    boolean beginsWithFirst() {
      return !runs.isEmpty() && runs.get(0).page == 0;
    }
  }

  /**
   * Flushes what is dirty now and, in the same last write, the redo that waits. Who writes
   * meanwhile may have pages taken in place of those: they come first when they stand before them.
   *
   * @param withRedo true when an {@code fsync} follows
   */
  void run(boolean withRedo) throws IOException {
    long additions;
    long size;
    synchronized (state) {
      additions = state.dirtyPages().additions();
      size = state.size();
    }
    boolean through = !goesOn() || isThroughAfterOnce(withRedo, additions, size);
    while (!through && goesOn()) {
      // somebody writes in front of it as fast as this flushes, and would keep it for ever
      boolean kept = head.tryKeepWritersOut();
      try {
        // who keeps them out instead may be waiting for this
        through = isThroughAfterOnce(withRedo, additions, size);
      } finally {
        if (kept) {
          head.letWritersIn();
        }
      }
    }
  }

  /** As {@link #run}, for a checkpoint: it ends when that has enough. */
  void runForCheckpoint() throws IOException {
    forCheckpoint = true;
    run(false);
  }

  /** Flushes as many pages as are dirty now, or fewer when nothing of before is left then. */
  private boolean isThroughAfterOnce(boolean withRedo, long additions, long size)
      throws IOException {
    int left = state.dirtyPageCount();
    Pages pages = step(withRedo, MORE_PAGES + left / 2);
    left -= pages.memory.size();
    while (left > 0 && !pages.isLast() && !isThrough(pages, additions, size) && goesOn()) {
      pages = step(withRedo, state.dirtyPageCount());
      left -= pages.memory.size();
    }
    return pages.isLast() || isThrough(pages, additions, size);
  }

  /**
   * Flushes as many pages as are dirty now, whichever come first then: nobody waits for these, and
   * who writes meanwhile has his pieces go to the log whole.
   */
  void runForRoom() throws IOException {
    // a size may wait without a page
    int left = Math.max(1, state.dirtyPageCount());
    while (left > 0 && !state.isClean() && goesOn()) {
      left -= Math.max(1, step(false, 0).memory.size());
    }
  }

  /**
   * Waits until there may be more dirty nodes. A checkpoint, which others wait for, leaves the rest
   * to the next one instead.
   */
  private boolean goesOn() throws IOException {
    if (forCheckpoint) {
      return !engine.backlog().hasEnoughForCheckpoint();
    }
    engine.backlog().awaitForFlush(engine.fault());
    if (engine.backlog().wantsRedoWritten()) {
      engine.appends().writeRedo();
    }
    return true;
  }

  /** Whether nothing is left of what was dirty once, but perhaps what came later. */
  private boolean isThrough(Pages pages, long additions, long size) {
    synchronized (state) {
      return pages.size >= Math.min(size, state.size())
          && !state.dirtyPages().hasOneOfFirst(additions);
    }
  }

  /**
   * One append.
   *
   * @param more how many pages it has room for beyond those that are dirty before it begins
   */
  private Pages step(boolean withRedo, int more) throws IOException {
    int dirty = state.dirtyPageCount();
    int pagesMax = Math.min(engine.appends().blocksMax(), Math.max(1, dirty + more));
    boolean redo = withRedo && dirty <= pagesMax;
    Pages pages;
    try (Append append = engine.appends().begin(pagesMax, redo)) {
      pages = engine.flushChange(head, change -> apply(change, append, pagesMax));
      engine.appends().write(append, redo);
    }
    // the file has them, and nobody reads them from here any more; after a failure some may
    engine.dirtyBytes().giveBack(pages.memory);
    engine.backlog().hurryCheckpoint();
    return pages;
  }

  /** Nothing of the state changes before all that can fail is done. */
  private Pages apply(Change change, Append append, int pagesMax) throws IOException {
    synchronized (state) {
      Inode inode = change.view().find(state.inode);
      if (inode == null || state.isClean()) {
        return Pages.NONE;
      }
      change.detachWhenIdle(inode, state);
      FileContent content = new FileContent(change.tree(), inode.number, inode.size);
      boolean inline = fitsInline(inode);
      Pages pages = first(inline ? Integer.MAX_VALUE : pagesMax);
      if (inline) {
        storeInline(change, inode, content, pages);
      } else {
        storeExtents(change, inode, pages, append.dataAddress());
      }
      store(change, inode, pages);
      change.whenDone(() -> done(pages, inline ? null : append));
      return pages.withSize(inode.size);
    }
  }

  private static void storeExtents(Change change, Inode inode, Pages pages, long firstAddress)
      throws IOException {
    long inlineHigh = ItemType.high(inode.number, ItemType.INLINE);
    if (pages.beginsWithFirst() && change.tree().get(inlineHigh, 0) != null) {
      change.remove(inlineHigh, 0);
    }
    long address = firstAddress;
    ExtentMap extents = new ExtentMap(change, inode);
    for (Run run : pages.runs) {
      extents.replace(run.page, address, run.count);
      address += run.count;
    }
  }

  private boolean fitsInline(Inode inode) {
    synchronized (state) {
      return inode.isRegular() && inode.blocks == 0 && state.size() <= FileContent.INLINE_BYTES_MAX;
    }
  }

  private void storeInline(Change change, Inode inode, FileContent content, Pages pages)
      throws IOException {
    synchronized (state) {
      int size = (int) state.size();
      if (pages.beginsWithFirst()) {
        byte[] bytes = pages.memory.get(0).firstBytes(size);
        change.put(ItemType.high(inode.number, ItemType.INLINE), 0, bytes);
      } else {
        byte[] old = content.inline();
        if (old != null && old.length > size) {
          throw new IllegalStateException("inline data behind the end of inode " + inode.number);
        }
      }
    }
  }

  /** The first dirty pages, in order. */
  private Pages first(int pagesMax) {
    synchronized (state) {
      List<Page> memory = new ArrayList<>();
      List<Run> runs = new ArrayList<>();
      long start = -1;
      int count = 0;
      DirtyPages dirty = state.dirtyPages();
      for (long page = dirty.next(0); page != DirtyPages.NONE; page = dirty.next(page + 1)) {
        if (memory.size() == pagesMax) {
          runs.add(new Run(start, count));
          return new Pages(memory, runs, page, 0);
        }
        if (count > 0 && page != start + count) {
          runs.add(new Run(start, count));
          count = 0;
        }
        if (count == 0) {
          start = page;
        }
        count++;
        memory.add(dirty.get(page));
      }
      if (count > 0) {
        runs.add(new Run(start, count));
      }
      return new Pages(memory, runs, DirtyPages.NONE, 0);
    }
  }

  /** Size and times; the size up to the first page that stays dirty. */
  private void store(Change change, Inode inode, Pages pages) {
    synchronized (state) {
      long size = state.size();
      long flushed = pages.isLast() ? size : Math.min(size, pages.next << FileState.PAGE_SHIFT);
      inode.size = pages.isLast() ? size : Math.max(inode.size, flushed);
      Timestamp modified = state.modified();
      if (modified != null) {
        inode.modificationTime = modified;
        inode.changeTime = modified.compareTo(inode.changeTime) > 0 ? modified : inode.changeTime;
      }
      change.update(inode);
    }
  }

  /**
   * The tree has it all: the pages are not dirty any more, and are read from the append.
   *
   * @param append null when nothing goes there
   */
  private void done(Pages pages, @Nullable Append append) {
    synchronized (state) {
      for (Run run : pages.runs) {
        state.dirtyPages().remove(run.page, run.page + run.count);
      }
      if (pages.isLast()) {
        state.sizeStored(state.size());
      }
      state.takeModified();
      if (append != null) {
        append.publish(PageMemory.joined(pages.memory));
      }
    }
  }
}
