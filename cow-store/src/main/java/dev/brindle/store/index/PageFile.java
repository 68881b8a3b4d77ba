package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.INDEX_FILE;
import static dev.brindle.store.index.PageFormat.PAGE_BYTES;
import static dev.brindle.store.index.PageFormat.PAGE_SHIFT;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.UnreadableStoreException;
import dev.brindle.store.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The file {@code index.db} as of the last checkpoint written: numbered pages, verified when read.
 * Only {@link #apply} changes it.
 */
final class PageFile implements Closeable {
  private static final int RUN_BYTES = 1 << 20;

  private final DiskFile file;
  private final Mending mending;
  private long reservedBytes;
  private volatile IndexFrame frame;
  private volatile @Nullable UnreadableStoreException unreadable;

  /** Made when the first damaged page is met. */
  private @Nullable OwnPagesOf ownPages;

  private record OwnPagesOf(IndexFrame frame, OwnPages pages) {}

  /** Where the image of a damaged page may be found. */
  interface Mending {
    /** The image of a page that has this checksum; null when there is none. */
    byte @Nullable [] find(int place, int checksum) throws IOException;
  }

  private PageFile(DiskFile file, Mending mending, IndexFrame frame) throws IOException {
    this.file = file;
    this.mending = mending;
    this.frame = frame;
    this.reservedBytes = file.length();
  }

  /** The pages of a file that nothing was written to yet. */
  static PageFile empty(DiskFile file, StoreId store, Mending mending) throws IOException {
    return new PageFile(file, mending, IndexFrame.empty(store));
  }

  /** Reads and verifies the header and the checksum pages. */
  static PageFile open(DiskFile file, StoreId store, Mending mending) throws IOException {
    return new PageFile(file, mending, IndexFrame.read(file, store));
  }

  /** Of the last checkpoint; 0 before the first. */
  long checkpoint() {
    return frame.checkpoint();
  }

  /** Has the next checkpoint be one more than that; nothing is written. */
  void renumber(long checkpoint) {
    frame = frame.renumbered(checkpoint);
  }

  int pages() {
    return frame.pages();
  }

  long fileBytes() {
    return PageFormat.fileBytes(frame.pages());
  }

  /** The first page that could not be read and has no copy; null when there was none. */
  @Nullable UnreadableStoreException unreadable() {
    return unreadable;
  }

  // ---- Reading

  /**
   * Reads pages that follow each other.
   *
   * @throws CorruptStoreException a page is not what was written
   */
  void read(int first, int count, byte[] target, int at) throws IOException {
    IndexFrame current = frame;
    int done = 0;
    while (done < count) {
      int run = runLength(current, first + done, count - done);
      if (run == 0) {
        // Never written.
        Arrays.fill(target, at + done * PAGE_BYTES, at + (done + 1) * PAGE_BYTES, (byte) 0);
        run = 1;
      } else {
        readRun(current, first + done, run, target, at + done * PAGE_BYTES);
      }
      done += run;
    }
  }

  /** How many pages from this one on were written and stand side by side. */
  private static int runLength(IndexFrame current, int first, int most) {
    int run = 0;
    while (run < most
        && current.checksumOf(first + run) != 0
        && PageFormat.place(first + run) == PageFormat.place(first) + run) {
      run++;
    }
    return run;
  }

  private void readRun(IndexFrame current, int first, int run, byte[] target, int at)
      throws IOException {
    long offset = (long) PageFormat.place(first) << PAGE_SHIFT;
    int bytes = readIfPossible(offset, ByteBuffer.wrap(target, at, run * PAGE_BYTES));
    for (int i = 0; i < run; i++) {
      int begin = at + i * PAGE_BYTES;
      if (bytes < (i + 1) * PAGE_BYTES
          || PageFormat.checksum(PageFormat.place(first + i), target, begin, PAGE_BYTES)
              != current.checksumOf(first + i)) {
        System.arraycopy(mended(current, first + i), 0, target, begin, PAGE_BYTES);
      }
    }
  }

  /** Returns how many bytes were read; 0 when one cannot be: then each page is tried by itself. */
  private int readIfPossible(long offset, ByteBuffer target) {
    try {
      return file.read(offset, target);
    } catch (IOException e) {
      Logger.warn(e, "{}: {} bytes at byte {} cannot be read", INDEX_FILE, target.limit(), offset);
      return 0;
    }
  }

  /**
   * A page that was not what it should be: looked at again while no checkpoint is written, then
   * looked for elsewhere, and written back. What is written back has the checksum of what was
   * there, so it does no harm to a page that is sound and could not be read.
   *
   * @throws CorruptStoreException it is nowhere else, or the caller's frame is not the last
   */
  private synchronized byte[] mended(IndexFrame of, int page) throws IOException {
    int place = PageFormat.place(page);
    long offset = (long) place << PAGE_SHIFT;
    int expected = of.checksumOf(page);
    byte[] content = new byte[PAGE_BYTES];
    CorruptStoreException damage = problem(place, expected, content);
    if (damage == null) {
      return content;
    }
    byte[] other = of == frame ? otherImage(place, expected) : null;
    if (other == null) {
      note(damage);
      throw damage;
    }
    Logger.warn("{}; it is written anew", damage.getMessage());
    try {
      file.write(offset, ByteBuffer.wrap(other.clone()));
    } catch (IOException e) {
      Logger.error(e, "{}: the page at byte {} cannot be written back", INDEX_FILE, offset);
    }
    return other;
  }

  /** A page's content from elsewhere: what MapDB's own must be, or its copy. */
  private synchronized byte @Nullable [] otherImage(int place, int checksum) throws IOException {
    IndexFrame current = frame;
    if (ownPages == null || ownPages.frame != current) {
      ownPages = new OwnPagesOf(current, OwnPages.of(page -> current.checksumOf(page) != 0));
    }
    byte[] own = ownPages.pages.find(place, checksum);
    return own != null ? own : copyOf(place, checksum);
  }

  private byte @Nullable [] copyOf(int place, int checksum) throws UnreadableStoreException {
    try {
      return mending.find(place, checksum);
    } catch (IOException e) {
      UnreadableStoreException copy = new UnreadableStoreException(CopyFiles.DIRECTORY, -1, e);
      note(copy);
      throw copy;
    }
  }

  private void note(CorruptStoreException damage) {
    if (unreadable == null && damage instanceof UnreadableStoreException first) {
      unreadable = first;
    }
  }

  /** What keeps a page from being what was written; null when nothing does. */
  private @Nullable CorruptStoreException problem(int place, int expected, byte[] content) {
    long offset = (long) place << PAGE_SHIFT;
    try {
      if (file.read(offset, ByteBuffer.wrap(content)) < PAGE_BYTES) {
        return new CorruptStoreException(INDEX_FILE, offset, "the file ends too early");
      }
    } catch (IOException e) {
      return new UnreadableStoreException(INDEX_FILE, offset, e);
    }
    int found = PageFormat.checksum(place, content);
    return found == expected
        ? null
        : new CorruptStoreException(
            INDEX_FILE,
            offset,
            "checksum of the page is %08x, not %08x".formatted(found, expected));
  }

  /** The places of everything that the last checkpoint holds, ascending. */
  int[] places() {
    return frame.places();
  }

  /**
   * What stands at a place.
   *
   * @throws CorruptStoreException it is damaged, and so is its copy
   */
  PageImage image(int place) throws IOException {
    IndexFrame current = frame;
    if (place == 0) {
      return current.headerImage();
    }
    if (PageFormat.isChecksumPlace(place)) {
      return current.checksumImage(PageFormat.groupAt(place));
    }
    byte[] content = new byte[PAGE_BYTES];
    read(PageFormat.pageAt(place), 1, content, 0);
    return PageImage.of(place, content);
  }

  /**
   * As {@link #image}; of a page that is damaged, as its copy is, something that will be seen to be
   * damaged as well. Other pages' copies must not depend on this one.
   *
   * @throws UnreadableStoreException there may be a copy, which the disk cannot read now
   */
  PageImage imageOrGap(int place) throws IOException {
    try {
      return image(place);
    } catch (CorruptStoreException e) {
      int checksum = frame.checksumOf(PageFormat.pageAt(place));
      byte[] copy = otherImage(place, checksum);
      if (copy == null) {
        Logger.error(e, "a page of {} is damaged, and is not copied", INDEX_FILE);
      }
      return new PageImage(place, copy == null ? new byte[PAGE_BYTES] : copy, checksum);
    }
  }

  // ---- Writing

  /** Reserves the space that the file needs with so many pages. */
  void reserve(int pages) throws IOException {
    long bytes = PageFormat.fileBytes(pages);
    if (bytes > reservedBytes) {
      file.allocate(reservedBytes, bytes - reservedBytes);
      reservedBytes = bytes;
    }
  }

  /** What the next checkpoint writes, given the pages that it changes and how many there are. */
  NextCheckpoint prepare(Map<Integer, byte[]> changed, int pages) {
    return frame.next(changed, pages);
  }

  /**
   * Writes the pages to their places and syncs; may be repeated after it failed. From its return
   * on, pages are read as that checkpoint left them.
   */
  synchronized void apply(NextCheckpoint next) throws IOException {
    ByteBuffer run = ByteBuffer.allocateDirect(RUN_BYTES);
    int runStart = 0;
    for (PageImage image : next.images()) {
      if (image.place() != runStart + run.position() / PAGE_BYTES || !run.hasRemaining()) {
        writeRun(runStart, run);
        runStart = image.place();
      }
      run.put(image.content());
    }
    writeRun(runStart, run);
    file.sync();
    frame = next.frame();
  }

  private void writeRun(int place, ByteBuffer run) throws IOException {
    run.flip();
    if (run.hasRemaining()) {
      file.write((long) place << PAGE_SHIFT, run);
    }
    run.clear();
  }

  /**
   * Looks at all pages, so that those that are damaged are mended as far as there are images, and
   * syncs. A page that has none stays damaged, and costs what is in it.
   */
  void mendAll() throws IOException {
    for (int place : places()) {
      try {
        image(place);
      } catch (CorruptStoreException e) {
        Logger.error("no copy of the page at byte {} is sound", (long) place << PAGE_SHIFT);
      }
    }
    file.sync();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
