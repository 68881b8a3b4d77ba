package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.COVERED;
import static dev.brindle.store.index.PageFormat.INDEX_FILE;
import static dev.brindle.store.index.PageFormat.PAGE_BYTES;
import static dev.brindle.store.index.PageFormat.PAGE_SHIFT;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FormatTooNewException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The file {@code index.db} as of the last checkpoint written: numbered pages, verified when read.
 * Only {@link #apply} changes it.
 */
final class PageFile implements Closeable {
  private static final int RUN_BYTES = 1 << 20;

  private final DiskFile file;
  private final StoreId store;
  private final Mending mending;
  private long reservedBytes;
  private volatile State state;

  /** Where the image of a damaged page may be found. */
  interface Mending {
    /** The image of a page that has this checksum; null when there is none. */
    byte @Nullable [] find(int place, int checksum) throws IOException;
  }

  /**
   * What the header and the checksum pages say.
   *
   * @param tables for each group the content of its checksum page: element 0 is its own checksum
   */
  private record State(long checkpoint, int pages, int[][] tables) {}

  /**
   * A checkpoint ready to be written.
   *
   * @param images ascending by place
   */
  record Prepared(long checkpoint, int pages, List<PageImage> images, int[][] tables) {}

  private PageFile(DiskFile file, StoreId store, Mending mending, State state) throws IOException {
    this.file = file;
    this.store = store;
    this.mending = mending;
    this.state = state;
    this.reservedBytes = file.length();
  }

  /** The pages of a file that nothing was written to yet. */
  static PageFile empty(DiskFile file, StoreId store, Mending mending) throws IOException {
    return new PageFile(file, store, mending, new State(0, 0, new int[0][]));
  }

  /** The checkpoint that a file's header says, or -1 when it is damaged. */
  static long checkpointOf(DiskFile file) {
    byte[] header = new byte[PAGE_BYTES];
    try {
      return file.read(0, ByteBuffer.wrap(header)) == PAGE_BYTES && isSound(header)
          ? PageFormat.getLong(header, PageFormat.CHECKPOINT)
          : -1;
    } catch (IOException e) {
      Logger.warn(e, "{}: the header cannot be read", INDEX_FILE);
      return -1;
    }
  }

  private static boolean isSound(byte[] header) {
    byte[] copy = header.clone();
    PageFormat.putInt(copy, PageFormat.CRC, 0);
    return PageFormat.getLong(copy, PageFormat.MAGIC) == PageFormat.INDEX_MAGIC
        && PageFormat.checksum(0, copy) == PageFormat.getInt(header, PageFormat.CRC);
  }

  /** Reads and verifies the header and the checksum pages. */
  static PageFile open(DiskFile file, StoreId store, Mending mending) throws IOException {
    byte[] header = new byte[PAGE_BYTES];
    readWhole(file, 0, header);
    if (!isSound(header)) {
      throw new CorruptStoreException(INDEX_FILE, 0, "the header is damaged");
    }
    int version = PageFormat.getInt(header, PageFormat.VERSION_AT);
    if (version > PageFormat.VERSION) {
      throw new FormatTooNewException(Path.of(INDEX_FILE), version, PageFormat.VERSION);
    }
    StoreId found =
        new StoreId(
            PageFormat.getLong(header, PageFormat.STORE_ID),
            PageFormat.getLong(header, PageFormat.STORE_ID + Long.BYTES));
    if (!found.equals(store)) {
      throw new CorruptStoreException(
          INDEX_FILE, PageFormat.STORE_ID, "belongs to store " + found + ", not to " + store);
    }
    int pages = (int) PageFormat.getLong(header, PageFormat.PAGE_COUNT);
    int[][] tables = readTables(file, PageFormat.groups(pages));
    if (root(tables) != PageFormat.getInt(header, PageFormat.ROOT)) {
      throw new CorruptStoreException(
          INDEX_FILE, PageFormat.ROOT, "the pages are not all of one checkpoint");
    }
    return new PageFile(
        file,
        store,
        mending,
        new State(PageFormat.getLong(header, PageFormat.CHECKPOINT), pages, tables));
  }

  private static int[][] readTables(DiskFile file, int groups) throws IOException {
    int[][] tables = new int[groups][];
    byte[] page = new byte[PAGE_BYTES];
    for (int group = 0; group < groups; group++) {
      int place = PageFormat.checksumPlace(group);
      readWhole(file, place, page);
      int[] table = new int[COVERED + 1];
      for (int i = 0; i <= COVERED; i++) {
        table[i] = PageFormat.getInt(page, i * Integer.BYTES);
      }
      if (table[0] != ownChecksum(place, page)) {
        throw new CorruptStoreException(
            INDEX_FILE, (long) place << PAGE_SHIFT, "a page of checksums is damaged");
      }
      tables[group] = table;
    }
    return tables;
  }

  private static int ownChecksum(int place, byte[] checksumPage) {
    return PageFormat.checksum(place, checksumPage, Integer.BYTES, PAGE_BYTES - Integer.BYTES);
  }

  private static void readWhole(DiskFile file, int place, byte[] page) throws IOException {
    long offset = (long) place << PAGE_SHIFT;
    int count;
    try {
      count = file.read(offset, ByteBuffer.wrap(page));
    } catch (IOException e) {
      CorruptStoreException damaged =
          new CorruptStoreException(INDEX_FILE, offset, "it cannot be read: " + e.getMessage());
      damaged.initCause(e);
      throw damaged;
    }
    if (count < PAGE_BYTES) {
      throw new CorruptStoreException(INDEX_FILE, offset + count, "the file ends too early");
    }
  }

  /** Of the last checkpoint; 0 before the first. */
  long checkpoint() {
    return state.checkpoint;
  }

  int pages() {
    return state.pages;
  }

  long fileBytes() {
    return PageFormat.fileBytes(state.pages);
  }

  /**
   * Reads pages that follow each other.
   *
   * @throws CorruptStoreException a page is not what was written
   */
  void read(int first, int count, byte[] target, int at) throws IOException {
    State current = state;
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
  private static int runLength(State current, int first, int most) {
    int run = 0;
    while (run < most
        && checksumOf(current, first + run) != 0
        && PageFormat.place(first + run) == PageFormat.place(first) + run) {
      run++;
    }
    return run;
  }

  private void readRun(State current, int first, int run, byte[] target, int at)
      throws IOException {
    long offset = (long) PageFormat.place(first) << PAGE_SHIFT;
    int bytes = readIfPossible(offset, ByteBuffer.wrap(target, at, run * PAGE_BYTES));
    for (int i = 0; i < run; i++) {
      int begin = at + i * PAGE_BYTES;
      if (bytes < (i + 1) * PAGE_BYTES
          || PageFormat.checksum(PageFormat.place(first + i), target, begin, PAGE_BYTES)
              != checksumOf(current, first + i)) {
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
   * looked for among the copies, and written back.
   *
   * @throws IOException there is no copy either, or the caller's state is not the last: a {@link
   *     CorruptStoreException}, or what the disk said
   */
  private synchronized byte[] mended(State of, int page) throws IOException {
    int place = PageFormat.place(page);
    long offset = (long) place << PAGE_SHIFT;
    int expected = checksumOf(of, page);
    byte[] content = new byte[PAGE_BYTES];
    IOException damage = problem(place, expected, content);
    if (damage == null) {
      return content;
    }
    byte[] copy = of == state ? mending.find(place, expected) : null;
    if (copy == null) {
      throw damage;
    }
    Logger.warn(
        "{}; it is read from its copy in {}, and written back",
        damage.getMessage(),
        CopyFiles.DIRECTORY);
    try {
      file.write(offset, ByteBuffer.wrap(copy.clone()));
    } catch (IOException e) {
      Logger.error(e, "{}: the page at byte {} cannot be written back", INDEX_FILE, offset);
    }
    return copy;
  }

  /** What keeps a page from being what was written; null when nothing does. */
  private @Nullable IOException problem(int place, int expected, byte[] content) {
    long offset = (long) place << PAGE_SHIFT;
    try {
      if (file.read(offset, ByteBuffer.wrap(content)) < PAGE_BYTES) {
        return new CorruptStoreException(INDEX_FILE, offset, "the file ends too early");
      }
    } catch (IOException e) {
      return new IOException(
          "%s at byte %d cannot be read: %s".formatted(INDEX_FILE, offset, e.getMessage()), e);
    }
    int found = PageFormat.checksum(place, content);
    return found == expected
        ? null
        : new CorruptStoreException(
            INDEX_FILE,
            offset,
            "checksum of the page is %08x, not %08x".formatted(found, expected));
  }

  private static int checksumOf(State current, int page) {
    int group = PageFormat.groupOf(page);
    return group < current.tables.length ? current.tables[group][1 + page % COVERED] : 0;
  }

  /** The images of everything that the next checkpoint changes: pages, checksum pages, header. */
  Prepared prepare(Map<Integer, byte[]> changed, int pages) {
    State current = state;
    int[][] tables = Arrays.copyOf(current.tables, PageFormat.groups(pages));
    Map<Integer, int[]> changedTables = new HashMap<>();
    for (int group = current.tables.length; group < tables.length; group++) {
      changedTables.put(group, new int[COVERED + 1]);
    }
    List<PageImage> images = new ArrayList<>(changed.size() + tables.length + 1);
    changed.forEach(
        (page, content) -> {
          PageImage image = PageImage.of(PageFormat.place(page), content);
          images.add(image);
          changedTables
                  .computeIfAbsent(
                      PageFormat.groupOf(page), group -> current.tables[group].clone())[
                  1 + page % COVERED] =
              image.checksum();
        });
    changedTables.forEach(
        (group, table) -> {
          images.add(checksumImage(group, table));
          tables[group] = table;
        });
    images.add(headerImage(current.checkpoint + 1, pages, root(tables)));
    Collections.sort(images);
    return new Prepared(current.checkpoint + 1, pages, images, tables);
  }

  private static PageImage checksumImage(int group, int[] table) {
    int place = PageFormat.checksumPlace(group);
    byte[] page = new byte[PAGE_BYTES];
    for (int i = 1; i <= COVERED; i++) {
      PageFormat.putInt(page, i * Integer.BYTES, table[i]);
    }
    table[0] = ownChecksum(place, page);
    PageFormat.putInt(page, 0, table[0]);
    return PageImage.of(place, page);
  }

  private PageImage headerImage(long checkpoint, int pages, int root) {
    byte[] page = new byte[PAGE_BYTES];
    PageFormat.putLong(page, PageFormat.MAGIC, PageFormat.INDEX_MAGIC);
    PageFormat.putInt(page, PageFormat.VERSION_AT, PageFormat.VERSION);
    PageFormat.putLong(page, PageFormat.STORE_ID, store.high());
    PageFormat.putLong(page, PageFormat.STORE_ID + Long.BYTES, store.low());
    PageFormat.putLong(page, PageFormat.CHECKPOINT, checkpoint);
    PageFormat.putLong(page, PageFormat.PAGE_COUNT, pages);
    PageFormat.putInt(page, PageFormat.ROOT, root);
    PageFormat.putInt(page, PageFormat.CRC, PageFormat.checksum(0, page));
    return PageImage.of(0, page);
  }

  private static int root(int[][] tables) {
    CRC32C crc = new CRC32C();
    ByteBuffer own = ByteBuffer.allocate(Integer.BYTES);
    for (int[] table : tables) {
      crc.update(own.clear().putInt(table[0]).flip());
    }
    return (int) crc.getValue();
  }

  /** Reserves the space that the file needs with so many pages. */
  void reserve(int pages) throws IOException {
    long bytes = PageFormat.fileBytes(pages);
    if (bytes > reservedBytes) {
      file.allocate(reservedBytes, bytes - reservedBytes);
      reservedBytes = bytes;
    }
  }

  /**
   * Writes the pages to their places and syncs; may be repeated after it failed. From its return
   * on, pages are read as that checkpoint left them.
   */
  synchronized void apply(Prepared prepared) throws IOException {
    ByteBuffer run = ByteBuffer.allocateDirect(RUN_BYTES);
    int runStart = 0;
    for (PageImage image : prepared.images) {
      if (image.place() != runStart + run.position() / PAGE_BYTES || !run.hasRemaining()) {
        writeRun(runStart, run);
        runStart = image.place();
      }
      run.put(image.content());
    }
    writeRun(runStart, run);
    file.sync();
    state = new State(prepared.checkpoint, prepared.pages, prepared.tables);
  }

  private void writeRun(int place, ByteBuffer run) throws IOException {
    run.flip();
    if (run.hasRemaining()) {
      file.write((long) place << PAGE_SHIFT, run);
    }
    run.clear();
  }

  /** The places of everything that the last checkpoint holds, ascending. */
  int[] places() {
    State current = state;
    IntStream.Builder places = IntStream.builder();
    places.add(0);
    for (int group = 0; group < current.tables.length; group++) {
      places.add(PageFormat.checksumPlace(group));
      for (int page = group * COVERED; page < (group + 1) * COVERED; page++) {
        if (checksumOf(current, page) != 0) {
          places.add(PageFormat.place(page));
        }
      }
    }
    return places.build().toArray();
  }

  /**
   * What stands at a place.
   *
   * @throws CorruptStoreException it is damaged, and so is its copy
   */
  PageImage image(int place) throws IOException {
    State current = state;
    if (place == 0) {
      return headerImage(current.checkpoint, current.pages, root(current.tables));
    }
    if (PageFormat.isChecksumPlace(place)) {
      return checksumImage(PageFormat.groupAt(place), current.tables[PageFormat.groupAt(place)]);
    }
    byte[] content = new byte[PAGE_BYTES];
    read(PageFormat.pageAt(place), 1, content, 0);
    return PageImage.of(place, content);
  }

  /**
   * As {@link #image}; of a page that is damaged, as its copy is, something that will be seen to be
   * damaged as well. Other pages' copies must not depend on this one.
   */
  PageImage imageOrGap(int place) throws IOException {
    try {
      return image(place);
    } catch (CorruptStoreException e) {
      Logger.error(e, "a page of {} is damaged, and is not copied", INDEX_FILE);
      int checksum = checksumOf(state, PageFormat.pageAt(place));
      return new PageImage(place, new byte[PAGE_BYTES], checksum);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
