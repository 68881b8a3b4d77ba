package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.PAGE_BYTES;
import static dev.brindle.store.index.PageFormat.PAGE_SHIFT;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Numbered pages, changed in memory over pages on disk.
 *
 * <pre>
 *   live       changed since the last freeze; the only pages that change in place
 *   frozen     fixed by freeze, not in a journal yet
 *   journaled  being written, or in a complete journal and not yet applied
 *   index.db   everything else, read through a small cache
 * </pre>
 *
 * A page is looked up from top to bottom. The three maps are swapped as one, so a reader that began
 * before a swap still finds what it held. Who reads and who writes a page's bytes when is the
 * user's care; here it is seen to that a page has one copy in {@code live}. {@link #freeze} is
 * called while nothing changes pages.
 */
final class LayeredPages implements Pages {
  private static final int CACHED_PAGES_MAX = 2_048;

  private final PageFile file;
  private final PageCache cache = new PageCache(CACHED_PAGES_MAX);
  private final Object swapping = new Object();
  private volatile Layers layers;
  private volatile int count;

  @GuardedBy("swapping")
  private int frozenCount;

  private record Layers(
      Map<Integer, byte[]> live, Map<Integer, byte[]> frozen, Map<Integer, byte[]> journaled) {
    byte @Nullable [] find(int page) {
      byte[] found = live.get(page);
      if (found == null) {
        found = frozen.get(page);
      }
      return found != null ? found : journaled.get(page);
    }
  }

  LayeredPages(PageFile file) {
    this.file = file;
    this.count = file.pages();
    this.frozenCount = count;
    this.layers = new Layers(new ConcurrentHashMap<>(), Map.of(), Map.of());
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public void growTo(int pages) {
    synchronized (swapping) {
      count = Math.max(count, pages);
    }
  }

  @Override
  public byte[] get(int page) throws IOException {
    while (true) {
      Layers current = layers;
      byte[] found = current.find(page);
      if (found != null) {
        return found;
      }
      try {
        checkInside(page);
        return cache.get(page, this::load);
      } catch (CorruptStoreException e) {
        rethrowUnlessOvertaken(e, current);
      }
    }
  }

  private byte[] load(int page) throws IOException {
    byte[] content = new byte[PAGE_BYTES];
    file.read(page, 1, content, 0);
    return content;
  }

  /**
   * Copies pages that follow each other, past the cache, those on disk in as few reads as can be.
   */
  @Override
  public void copyTo(int first, int pages, byte[] target, int at) throws IOException {
    while (true) {
      Layers current = layers;
      try {
        copyTo(current, first, pages, target, at);
        return;
      } catch (CorruptStoreException e) {
        rethrowUnlessOvertaken(e, current);
      }
    }
  }

  private void copyTo(Layers from, int first, int pages, byte[] target, int at) throws IOException {
    int done = 0;
    while (done < pages) {
      byte[] found = from.find(first + done);
      int run = 1;
      if (found != null) {
        System.arraycopy(found, 0, target, at + done * PAGE_BYTES, PAGE_BYTES);
      } else {
        while (done + run < pages && from.find(first + done + run) == null) {
          run++;
        }
        checkInside(first + done + run - 1);
        file.read(first + done, run, target, at + done * PAGE_BYTES);
      }
      done += run;
    }
  }

  private void checkInside(int page) throws IOException {
    if (page >= count) {
      throw new IOException("page " + page + " of the index is behind its end");
    }
  }

  /**
   * A reader that fell behind a whole checkpoint may find a page while it is overwritten; then the
   * layers it started from are not the present ones, and looking again finds the page in memory.
   */
  private void rethrowUnlessOvertaken(CorruptStoreException e, Layers startedFrom)
      throws CorruptStoreException {
    if (layers == startedFrom) {
      throw e;
    }
  }

  @Override
  public byte[] changeable(int page) throws IOException {
    Map<Integer, byte[]> live = layers.live;
    byte[] present = live.get(page);
    if (present != null) {
      return present;
    }
    byte[] copy = get(page).clone();
    byte[] first = live.putIfAbsent(page, copy);
    return first != null ? first : copy;
  }

  @Override
  public void put(int page, byte[] source, int at) {
    byte[] fresh = new byte[PAGE_BYTES];
    System.arraycopy(source, at, fresh, 0, PAGE_BYTES);
    byte[] present = layers.live.putIfAbsent(page, fresh);
    if (present != null) {
      System.arraycopy(fresh, 0, present, 0, PAGE_BYTES);
    }
  }

  /** What is live becomes the newest of what is frozen. Touches memory only. */
  @Override
  public void freeze() {
    synchronized (swapping) {
      Layers current = layers;
      layers =
          new Layers(
              new ConcurrentHashMap<>(), merged(current.frozen, current.live), current.journaled);
      frozenCount = count;
    }
  }

  private static Map<Integer, byte[]> merged(
      Map<Integer, byte[]> older, Map<Integer, byte[]> newer) {
    if (older.isEmpty()) {
      return newer;
    }
    Map<Integer, byte[]> all = new ConcurrentHashMap<>(older);
    all.putAll(newer);
    return all;
  }

  /**
   * Moves what is frozen to what is journaled.
   *
   * @return how many pages there were at the freeze
   */
  int takeFrozen() {
    synchronized (swapping) {
      Layers current = layers;
      layers = new Layers(current.live, Map.of(), current.frozen);
      return frozenCount;
    }
  }

  /** What is journaled; not to be changed. */
  Map<Integer, byte[]> journaled() {
    return layers.journaled;
  }

  /** What is journaled is not written: it is frozen again, under what was frozen since. */
  void giveBackJournaled() {
    synchronized (swapping) {
      Layers current = layers;
      layers = new Layers(current.live, merged(current.journaled, current.frozen), Map.of());
    }
  }

  /** What is journaled is in {@code index.db}. */
  void dropJournaled() {
    cache.replace(layers.journaled);
    synchronized (swapping) {
      Layers current = layers;
      layers = new Layers(current.live, current.frozen, Map.of());
    }
  }

  /** What is in memory only, in bytes. */
  long dirtyBytes() {
    Layers current = layers;
    return ((long) current.live.size() + current.frozen.size() + current.journaled.size())
        << PAGE_SHIFT;
  }
}
