package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.PAGE_BYTES;
import static dev.brindle.store.index.PageFormat.PAGE_SHIFT;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.disk.DiskFullException;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.mapdb.DBException;
import org.mapdb.DataInput2;
import org.mapdb.volume.Volume;

/**
 * The address space that MapDB works on: pages changed in memory over pages on disk.
 *
 * <pre>
 *   live       changed since the last freeze; the only pages that change in place
 *   frozen     fixed by freeze, not in a journal yet
 *   journaled  being written, or in a complete journal and not yet applied
 *   index.db   everything else, read through a small cache
 * </pre>
 *
 * A page is looked up from top to bottom. The three maps are swapped as one, so a reader that began
 * before a swap still finds what it held. MapDB locks the bytes that it reads and writes; here it
 * is only seen to that a page has one copy in {@code live}. {@link #sync}, which is the freeze, is
 * called while nothing changes pages.
 */
final class JournaledVolume extends Volume {
  private static final int PAGE_MASK = PAGE_BYTES - 1;
  private static final int CACHED_PAGES_MAX = 2_048;

  private final PageFile file;
  private final Journal journal;
  private final PageCache cache = new PageCache(CACHED_PAGES_MAX);
  private final Object writing = new Object();
  private final Object swapping = new Object();
  private volatile Layers layers;
  private volatile int pages;
  private volatile int frozenPages;

  /** What is in the journal and not yet in {@code index.db}; only under {@link #writing}. */
  private PageFile.@Nullable Prepared inJournal;

  private @Nullable IOException failure;

  private record Layers(
      Map<Integer, byte[]> live, Map<Integer, byte[]> frozen, Map<Integer, byte[]> journaled) {
    byte @Nullable [] find(int page) {
      byte[] found = live.get(page);
      return found != null ? found : findUnchanging(page);
    }

    byte @Nullable [] findUnchanging(int page) {
      byte[] found = frozen.get(page);
      return found != null ? found : journaled.get(page);
    }
  }

  JournaledVolume(PageFile file, Journal journal) {
    this.file = file;
    this.journal = journal;
    this.pages = file.pages();
    this.frozenPages = pages;
    this.layers = new Layers(new ConcurrentHashMap<>(), Map.of(), Map.of());
  }

  // --- checkpoints

  /** Freezes: what is live becomes the newest of what is frozen. Touches memory only. */
  @Override
  public void sync() {
    synchronized (swapping) {
      Layers current = layers;
      layers =
          new Layers(
              new ConcurrentHashMap<>(), merged(current.frozen, current.live), current.journaled);
      frozenPages = pages;
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
        putIntoJournal();
        finishJournaled();
      } catch (DiskFullException e) {
        throw e;
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }

  private void putIntoJournal() throws IOException {
    int pageCount = takeFrozen();
    Map<Integer, byte[]> changed = layers.journaled;
    if (changed.isEmpty()) {
      return;
    }
    try {
      PageFile.Prepared prepared = file.prepare(changed, pageCount);
      journal.reserve(prepared.images().size());
      file.reserve(pageCount);
      journal.write(prepared.checkpoint(), prepared.images());
      inJournal = prepared;
    } catch (DiskFullException e) {
      giveBackJournaled();
      throw e;
    }
  }

  private void finishJournaled() throws IOException {
    PageFile.Prepared prepared = inJournal;
    if (prepared == null) {
      return;
    }
    file.apply(prepared);
    file.settle(prepared);
    cache.replace(layers.journaled);
    synchronized (swapping) {
      Layers current = layers;
      layers = new Layers(current.live, current.frozen, Map.of());
    }
    inJournal = null;
    journal.invalidate();
  }

  /** Moves the frozen pages to the journaled; returns how many pages the volume then had. */
  private int takeFrozen() {
    synchronized (swapping) {
      Layers current = layers;
      layers = new Layers(current.live, Map.of(), current.frozen);
      return frozenPages;
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

  long fileBytes() {
    return file.fileBytes() + journal.fileBytes();
  }

  // --- pages

  private byte[] page(long offset) {
    int page = (int) (offset >>> PAGE_SHIFT);
    while (true) {
      Layers current = layers;
      byte[] found = current.find(page);
      if (found != null) {
        return found;
      }
      try {
        return clean(page);
      } catch (IOException e) {
        rethrowUnlessOvertaken(e, current);
      }
    }
  }

  /** A page as it is on disk; not to be changed. */
  private byte[] clean(int page) throws IOException {
    if (page >= pages) {
      throw new IOException("page " + page + " of the index is behind its end");
    }
    return cache.get(page, this::load);
  }

  private byte[] load(int page) throws IOException {
    byte[] content = new byte[PAGE_BYTES];
    file.read(page, 1, content, 0);
    return content;
  }

  /**
   * A reader that fell behind a whole checkpoint may find a page while it is overwritten; then the
   * layers it started from are not the present ones, and looking again finds the page in memory.
   */
  private void rethrowUnlessOvertaken(IOException e, Layers startedFrom) {
    if (!(e instanceof CorruptStoreException) || layers == startedFrom) {
      throw new DBException.VolumeIOError(e);
    }
  }

  /** The live copy of the page at this offset. */
  private byte[] changeable(long offset) {
    Map<Integer, byte[]> live = layers.live;
    int page = (int) (offset >>> PAGE_SHIFT);
    byte[] found = live.get(page);
    return found != null ? found : live.computeIfAbsent(page, key -> page(offset).clone());
  }

  private void putWholePage(int page, byte[] source, int at) {
    byte[] fresh = new byte[PAGE_BYTES];
    System.arraycopy(source, at, fresh, 0, PAGE_BYTES);
    byte[] present = layers.live.putIfAbsent(page, fresh);
    if (present != null) {
      System.arraycopy(fresh, 0, present, 0, PAGE_BYTES);
    }
  }

  // --- what MapDB asks for

  @Override
  public void ensureAvailable(long offset) {
    int needed = Math.toIntExact((offset + PAGE_MASK) >>> PAGE_SHIFT);
    synchronized (swapping) {
      pages = Math.max(pages, needed);
    }
  }

  @Override
  public void truncate(long size) {
    throw new UnsupportedOperationException("the index is not compacted");
  }

  /** MapDB often sets what is there already; then the page stays clean. */
  @Override
  public void putLong(long offset, long value) {
    if (getLong(offset) != value) {
      PageFormat.putLong(changeable(offset), within(offset), value);
    }
  }

  @Override
  public void putInt(long offset, int value) {
    if (getInt(offset) != value) {
      PageFormat.putInt(changeable(offset), within(offset), value);
    }
  }

  @Override
  public void putByte(long offset, byte value) {
    changeable(offset)[within(offset)] = value;
  }

  @Override
  public void putData(long offset, byte[] source, int from, int size) {
    int done = 0;
    while (done < size) {
      int within = within(offset + done);
      int part = Math.min(size - done, PAGE_BYTES - within);
      if (part == PAGE_BYTES) {
        putWholePage((int) ((offset + done) >>> PAGE_SHIFT), source, from + done);
      } else {
        System.arraycopy(source, from + done, changeable(offset + done), within, part);
      }
      done += part;
    }
  }

  @Override
  public void putData(long offset, ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    putData(offset, bytes, 0, bytes.length);
  }

  @Override
  public long getLong(long offset) {
    return PageFormat.getLong(page(offset), within(offset));
  }

  @Override
  public int getInt(long offset) {
    return PageFormat.getInt(page(offset), within(offset));
  }

  @Override
  public byte getByte(long offset) {
    return page(offset)[within(offset)];
  }

  @Override
  public DataInput2 getDataInput(long offset, int size) {
    byte[] bytes = new byte[size];
    getData(offset, bytes, 0, size);
    return new DataInput2.ByteArray(bytes);
  }

  @Override
  public void getData(long offset, byte[] target, int at, int size) {
    if (within(offset) == 0 && within(size) == 0) {
      getWholePages((int) (offset >>> PAGE_SHIFT), size >>> PAGE_SHIFT, target, at);
      return;
    }
    int done = 0;
    while (done < size) {
      int within = within(offset + done);
      int part = Math.min(size - done, PAGE_BYTES - within);
      System.arraycopy(page(offset + done), within, target, at + done, part);
      done += part;
    }
  }

  /** Reads pages past the cache, those on disk in as few reads as possible. */
  private void getWholePages(int first, int count, byte[] target, int at) {
    while (true) {
      Layers current = layers;
      try {
        int page = 0;
        while (page < count) {
          byte[] found = current.find(first + page);
          int run = 1;
          if (found != null) {
            System.arraycopy(found, 0, target, at + page * PAGE_BYTES, PAGE_BYTES);
          } else {
            while (page + run < count && current.find(first + page + run) == null) {
              run++;
            }
            readClean(first + page, run, target, at + page * PAGE_BYTES);
          }
          page += run;
        }
        return;
      } catch (IOException e) {
        rethrowUnlessOvertaken(e, current);
      }
    }
  }

  private void readClean(int first, int count, byte[] target, int at) throws IOException {
    if (first + count > pages) {
      throw new IOException("page " + first + " of the index is behind its end");
    }
    file.read(first, count, target, at);
  }

  @Override
  public void clear(long start, long end) {
    putData(start, new byte[Math.toIntExact(end - start)], 0, (int) (end - start));
  }

  private static int within(long offset) {
    return (int) offset & PAGE_MASK;
  }

  @Override
  public int sliceSize() {
    return -1;
  }

  @Override
  public boolean isSliced() {
    return false;
  }

  @Override
  public long length() {
    return (long) pages << PAGE_SHIFT;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public @Nullable File getFile() {
    return null;
  }

  @Override
  public boolean getFileLocked() {
    return false;
  }

  /** What MapDB would call; the index closes the files itself. */
  @Override
  public void close() {
    throw new UnsupportedOperationException("the index is closed by its owner");
  }

  /** Closes the files; what was not written is lost. */
  void closeFiles() throws IOException {
    if (closed.compareAndSet(false, true)) {
      try (file;
          journal) {
        // Both are closed; of two failures, the second is attached to the first.
      }
    }
  }
}
