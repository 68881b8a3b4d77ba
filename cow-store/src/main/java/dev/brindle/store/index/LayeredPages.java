package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.PAGE_BYTES;
import static dev.brindle.store.index.PageFormat.PAGE_SHIFT;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.DiskFullException;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Numbered pages, changed in memory over pages on disk, with atomic checkpoints.
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
final class LayeredPages implements Closeable {
  private static final int CACHED_PAGES_MAX = 2_048;
  private static final int COPIED_PAGES = 256;
  private static final long REST_NANOS_MAX = 50_000_000;

  private final PageFile file;
  private final Copies copies;
  private final PageCache cache = new PageCache(CACHED_PAGES_MAX);
  private final Object writing = new Object();
  private final Object swapping = new Object();
  private volatile Layers layers;
  private volatile int count;
  private volatile long copiesBytes;

  @GuardedBy("swapping")
  private int frozenCount;

  /** What is in the journal and not yet in {@code index.db}. */
  @GuardedBy("writing")
  private PageFile.@Nullable Prepared inJournal;

  @GuardedBy("writing")
  private @Nullable IOException failure;

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

  LayeredPages(PageFile file, Copies copies) {
    this.file = file;
    this.copies = copies;
    this.copiesBytes = copies.fileBytes();
    this.count = file.pages();
    this.frozenCount = count;
    this.layers = new Layers(new ConcurrentHashMap<>(), Map.of(), Map.of());
  }

  /** How many pages there are; those never written read as zeros. */
  int count() {
    return count;
  }

  void growTo(int pages) {
    synchronized (swapping) {
      count = Math.max(count, pages);
    }
  }

  /** A page's content as it is now; not to be changed. */
  byte[] get(int page) throws IOException {
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
  void copyTo(int first, int pages, byte[] target, int at) throws IOException {
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

  /** The page's one copy that may be changed until the next freeze. */
  byte[] changeable(int page) throws IOException {
    Map<Integer, byte[]> live = layers.live;
    byte[] present = live.get(page);
    if (present != null) {
      return present;
    }
    byte[] copy = get(page).clone();
    byte[] first = live.putIfAbsent(page, copy);
    return first != null ? first : copy;
  }

  /** Sets a whole page, without reading what was there. */
  void put(int page, byte[] source, int at) {
    byte[] fresh = new byte[PAGE_BYTES];
    System.arraycopy(source, at, fresh, 0, PAGE_BYTES);
    byte[] present = layers.live.putIfAbsent(page, fresh);
    if (present != null) {
      System.arraycopy(fresh, 0, present, 0, PAGE_BYTES);
    }
  }

  /** What is live becomes the newest of what is frozen. Touches memory only. */
  void freeze() {
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
   * Makes what is frozen durable; the steps and their order are argued in the package's
   * description.
   */
  void write() throws IOException {
    synchronized (writing) {
      if (failure != null) {
        throw new IOException("the index cannot be written since an earlier failure", failure);
      }
      try {
        finishJournaled();
        putIntoJournalAtAnyCost();
        finishJournaled();
        copiesBytes = copies.fileBytes();
      } catch (DiskFullException e) {
        throw e;
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }

  /** On a full disk, a checkpoint is worth more than the copies of those before it. */
  @GuardedBy("writing")
  private void putIntoJournalAtAnyCost() throws IOException {
    try {
      putIntoJournal();
    } catch (DiskFullException e) {
      if (!copies.giveUp()) {
        throw e;
      }
      putIntoJournal();
    }
  }

  @GuardedBy("writing")
  private void putIntoJournal() throws IOException {
    int pages = takeFrozen();
    Map<Integer, byte[]> changed = layers.journaled;
    if (changed.isEmpty()) {
      return;
    }
    try {
      PageFile.Prepared prepared = file.prepare(changed, pages);
      copies.reserve(prepared.images().size());
      file.reserve(pages);
      copies.append(prepared.checkpoint(), prepared.images());
      inJournal = prepared;
    } catch (DiskFullException e) {
      giveBackJournaled();
      throw e;
    }
  }

  @GuardedBy("writing")
  private void finishJournaled() throws IOException {
    PageFile.Prepared prepared = inJournal;
    if (prepared == null) {
      return;
    }
    file.apply(prepared);
    cache.replace(layers.journaled);
    synchronized (swapping) {
      Layers current = layers;
      layers = new Layers(current.live, current.frozen, Map.of());
    }
    inJournal = null;
    copies.applied(prepared.checkpoint());
  }

  /** Moves the frozen pages to the journaled; returns how many pages there were at the freeze. */
  private int takeFrozen() {
    synchronized (swapping) {
      Layers current = layers;
      layers = new Layers(current.live, Map.of(), current.frozen);
      return frozenCount;
    }
  }

  private void giveBackJournaled() {
    synchronized (swapping) {
      Layers current = layers;
      layers = new Layers(current.live, merged(current.journaled, current.frozen), Map.of());
    }
  }

  /** What is in memory only, in bytes. */
  long dirtyBytes() {
    Layers current = layers;
    return ((long) current.live.size() + current.frozen.size() + current.journaled.size())
        << PAGE_SHIFT;
  }

  /** What the files take, in bytes; as of the last checkpoint, so that nobody waits for this one. */
  long fileBytes() {
    return file.fileBytes() + copiesBytes;
  }

  // ---- Copies

  /**
   * Writes a new base of the copies: all pages as of now, while checkpoints go on. A page that a
   * later checkpoint changes meanwhile is in the journal that begins here, so it does not matter
   * which of both the base has.
   *
   * @param disk the one that the files are on
   * @param stopped asked now and then; true ends the writing, and nothing has changed
   */
  void copy(Disk disk, StoreId store, BooleanSupplier stopped) throws IOException {
    int[] places;
    long checkpoint;
    synchronized (writing) {
      if (failure != null) {
        return;
      }
      finishJournaled();
      checkpoint = file.checkpoint();
      places = file.places();
      copies.beginBase(checkpoint);
    }
    try (BaseWriter base = BaseWriter.begin(disk, store, checkpoint, places.length)) {
      for (int done = 0; done < places.length; done += COPIED_PAGES) {
        if (stopped.getAsBoolean()) {
          return;
        }
        copy(places, done, base);
      }
      base.finish();
      copies.baseDone(checkpoint);
    } finally {
      copies.baseEnded();
      copiesBytes = copies.fileBytes();
    }
  }

  /** Copies some pages, and rests for as long as that took: others have the disk before it. */
  private void copy(int[] places, int from, BaseWriter base) throws IOException {
    long start = System.nanoTime();
    List<PageImage> images = new ArrayList<>(COPIED_PAGES);
    synchronized (writing) {
      for (int i = from; i < Math.min(from + COPIED_PAGES, places.length); i++) {
        images.add(file.imageOrGap(places[i]));
      }
    }
    base.add(images);
    LockSupport.parkNanos(Math.min(System.nanoTime() - start, REST_NANOS_MAX));
  }

  /** Gives the copies up, between two checkpoints. */
  void giveUpCopies() throws IOException {
    synchronized (writing) {
      if (failure == null) {
        finishJournaled();
        copies.giveUp();
        copiesBytes = copies.fileBytes();
      }
    }
  }

  /** Closes the files; what was not written is lost. */
  @Override
  public void close() throws IOException {
    try (file;
        copies) {
      // Both are closed; of two failures, the second is attached to the first.
    }
  }
}
