package dev.brindle.store.index;

import dev.brindle.store.StoreId;
import dev.brindle.store.UnreadableStoreException;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The store's records (tree nodes, deadlist chunks) and tables, with atomic checkpoints.
 *
 * <p>All methods are safe for any number of threads; changes of one record must not coincide. They
 * go to memory; {@link #freeze} fixes what the next checkpoint holds, {@link #write} makes it
 * durable. Locks, in the order they are taken: the freeze's (changes share it), a table's, that of
 * long records, then leaves.
 *
 * <p>A change that fails half-way (what it had to read is damaged, memory ran out) leaves the index
 * read-only, so that no checkpoint ever holds half of a change.
 */
public final class Index implements Closeable {
  /** The unit of space, in bytes: a record takes a whole number of units. */
  public static final int UNIT_BYTES = 8192;

  /** The pages of the index's file, in bytes. */
  public static final int PAGE_BYTES = PageFormat.PAGE_BYTES;

  /** The longest record that fits in one unit, in bytes. */
  public static final int UNIT_PAYLOAD_BYTES = UNIT_BYTES - 4;

  /** The longest record, in bytes. */
  public static final int RECORD_BYTES_MAX = 2 << 20;

  private final IndexFiles files;
  private final LayeredPages pages;
  private final Records records;
  private final Catalogue catalogue;
  private final Map<String, TableTree> tables = new ConcurrentHashMap<>();
  private final ReadWriteLock freezing = new ReentrantReadWriteLock();
  private final TableTree.Host host = new TableHost();
  private volatile @Nullable Throwable failure;

  private Index(IndexFiles files, Records records, Catalogue catalogue) {
    this.files = files;
    this.pages = files.pages();
    this.records = records;
    this.catalogue = catalogue;
    catalogue
        .roots()
        .forEach((name, root) -> tables.put(name, new TableTree(name, root, records, host)));
  }

  /** Makes a new, empty index; durable when this returns. */
  public static Index create(Disk disk, StoreId store) throws IOException {
    IndexFiles files = IndexFiles.create(disk, store);
    return closingOnFailure(
        files,
        () -> {
          Records records = new Records(new JournaledVolume(files.pages()), false);
          Catalogue catalogue = new Catalogue();
          if (records.allocate() != Catalogue.ID) {
            throw new IllegalStateException("the catalogue's number is taken");
          }
          records.put(Catalogue.ID, catalogue.encode());
          Index index = new Index(files, records, catalogue);
          index.freeze();
          index.write();
          disk.syncDirectory("");
          return index;
        });
  }

  /**
   * Opens an index at its last complete checkpoint.
   *
   * @param durable the last checkpoint that others know to have been durable; 0 when none is
   * @throws dev.brindle.store.IndexLostException it is not there, older than that, or what the
   *     whole of it needs is damaged; {@link #rebuild} may bring it back
   * @throws dev.brindle.store.CorruptStoreException it is another store's
   */
  public static Index open(Disk disk, StoreId store, long durable) throws IOException {
    return open(disk, store, durable, false);
  }

  /** As {@link #open(Disk, StoreId, long)}, with nothing known from elsewhere. */
  static Index open(Disk disk, StoreId store) throws IOException {
    return open(disk, store, 0);
  }

  /**
   * Opens an index that is older than the last checkpoint that was durable. Its next one gets a
   * number larger than that, so that it is the newest from then on.
   */
  public static Index openOlder(Disk disk, StoreId store, long durable) throws IOException {
    return open(disk, store, durable, true);
  }

  private static Index open(Disk disk, StoreId store, long durable, boolean acceptOlder)
      throws IOException {
    IndexFiles files = IndexFiles.open(disk, store, durable, acceptOlder);
    return closingOnFailure(
        files,
        () -> {
          Records records = new Records(new JournaledVolume(files.pages()), true);
          return new Index(files, records, Catalogue.decode(records.get(Catalogue.ID)));
        });
  }

  /** The length of {@code index.db}, in bytes; 0 when it is lost. */
  public static long bytes(Disk disk) throws IOException {
    if (!disk.exists(PageFormat.INDEX_FILE)) {
      return 0;
    }
    try (DiskFile index = disk.open(PageFormat.INDEX_FILE, Disk.OpenMode.READ)) {
      return index.length();
    }
  }

  /**
   * Makes {@code index.db} anew from the copies of its pages, as of the last checkpoint; it is not
   * open. All or nothing: until it is whole, whatever stands in its place stays there.
   *
   * @param durable the last checkpoint that others know to have been durable; 0 when none is
   * @param acceptOlder makes an older one when that one is not there any more; {@link #openOlder}
   *     has to follow
   * @throws dev.brindle.store.OlderStateException it would be an older one; nothing has changed
   * @throws dev.brindle.store.CorruptStoreException there are no copies, they are not whole, or
   *     they are older than the index that is there; nothing has changed
   */
  public static IndexRebuilt rebuild(Disk disk, StoreId store, long durable, boolean acceptOlder)
      throws IOException {
    return new IndexRebuild(disk, store).run(durable, acceptOlder);
  }

  /** As the other, with nothing known from elsewhere; returns the checkpoint. */
  static long rebuild(Disk disk, StoreId store) throws IOException {
    return rebuild(disk, store, 0, false).checkpoint();
  }

  private interface Opening {
    Index run() throws IOException;
  }

  private static Index closingOnFailure(IndexFiles files, Opening opening) throws IOException {
    try {
      return opening.run();
    } catch (IOException | RuntimeException e) {
      try (files) {
        throw e;
      }
    }
  }

  /** The space that a record of this many bytes takes, in bytes: a multiple of a unit. */
  public static int storedBytes(int recordBytes) {
    return UnitFormat.units(recordBytes) * UNIT_BYTES;
  }

  /**
   * A number for a new record, larger than 0. Touches memory only. Until the record is put, the
   * number is handed out in this process alone: after a crash, or a close, it is free again by
   * itself. It can be given back by {@link #delete}.
   */
  public long allocate() {
    return records.allocate();
  }

  /**
   * Reads a record.
   *
   * @throws dev.brindle.store.CorruptStoreException there is no such record, or its bytes are
   *     damaged
   */
  public byte[] get(long id) throws IOException {
    return records.get(id);
  }

  /**
   * Sets a record, of a number that {@link #allocate} gave.
   *
   * @param bytes up to {@link #RECORD_BYTES_MAX}
   */
  public void put(long id, byte[] bytes) throws IOException {
    checkLength(bytes.length);
    host.change(() -> records.put(id, bytes));
  }

  /**
   * Deletes a record, or gives back a number that was never put. The number may be handed out again
   * at once.
   */
  public void delete(long id) throws IOException {
    host.change(() -> records.delete(id));
  }

  static void checkLength(int bytes) {
    if (bytes > RECORD_BYTES_MAX) {
      throw new IllegalArgumentException("a record of " + bytes + " bytes");
    }
  }

  /** The table of that name; it begins to exist with its first row. */
  public Table table(String name) {
    return tables.computeIfAbsent(name, unknown -> new TableTree(unknown, 0, records, host));
  }

  /**
   * Tables of which each row is kept twice.
   *
   * @param names up to eight; always the same ones in the same order
   */
  public TwinTables twins(List<String> names) {
    return new TwinTables(this, names);
  }

  /**
   * Visits the numbers of all records that were put, ascending; those that the tables consist of
   * are not among them. Nothing may change meanwhile.
   */
  public void forEachRecord(LongConsumer visitor) throws IOException {
    BitSet own = new BitSet();
    own.set((int) Catalogue.ID);
    for (TableTree table : tables.values()) {
      table.forEachNode(id -> own.set((int) id));
    }
    records.forEach(
        id -> {
          if (!own.get((int) id)) {
            visitor.accept(id);
          }
        });
  }

  /**
   * How many units belong to no record: what long records that were damaged had, and were deleted.
   * Nothing may change meanwhile.
   *
   * @throws dev.brindle.store.CorruptStoreException a long record is damaged, so nobody knows
   */
  public int countStrayUnits() throws IOException {
    return records.countStrayParts();
  }

  /** Frees what {@link #countStrayUnits} counts. */
  public void freeStrayUnits() throws IOException {
    host.change(records::freeStrayParts);
  }

  /**
   * Fixes the content of the next checkpoint: all changes made so far. Takes no more than a moment
   * and touches memory only; changes wait for it. What an earlier freeze fixed and no write made
   * durable is included.
   */
  public void freeze() throws IOException {
    freezing.writeLock().lock();
    try {
      guarded(records::freeze);
    } finally {
      freezing.writeLock().unlock();
    }
  }

  /**
   * Makes what was frozen durable; nothing happens when that is nothing. Changes go on meanwhile
   * and are not part of it.
   *
   * @throws dev.brindle.store.disk.DiskFullException nothing is lost: call it again, or freeze
   *     again and then call it, when there is space. Any other failure is final: the index stays
   *     readable, and every later call fails too
   */
  public void write() throws IOException {
    files.writer().write();
  }

  /**
   * Renews the copies of the index when they have grown past their bounds, or when there are none;
   * writes as much as the index has. Changes and checkpoints go on meanwhile.
   *
   * @param stopped asked now and then; true ends it early
   * @throws dev.brindle.store.disk.DiskFullException the copies stay as they were
   */
  public void renewCopies(BooleanSupplier stopped) throws IOException {
    files.renewal().runIfDue(stopped);
  }

  /** As {@link #renewCopies}, whatever the copies are like. */
  void copy(BooleanSupplier stopped) throws IOException {
    files.renewal().run(stopped);
  }

  /** The last checkpoint that is durable. */
  public long checkpoint() {
    return files.file().checkpoint();
  }

  /**
   * Refuses a repair, which would take for lost what the disk may read another time.
   *
   * @throws IOException some page could not be read since opening, and has no copy
   */
  public void refuseUnreadable() throws IOException {
    UnreadableStoreException unreadable = files.file().unreadable();
    if (unreadable != null) {
      throw new IOException(
          unreadable.getMessage()
              + ". Nothing was changed, since a repair would take it for lost. Try again; when it"
              + " stays so, copy the store to a sound disk, with zeros for what cannot be read"
              + " (ddrescue does that), and repair the copy",
          unreadable);
    }
  }

  /** True when each page of the last checkpoint has its copy. */
  public boolean hasCopies() {
    return files.copies().isComplete();
  }

  /** Reads the copies and verifies them, step by step. */
  public CopyVerifier verifyCopies() throws IOException {
    return new CopyVerifier(files.copies());
  }

  /** How many pages of {@link #PAGE_BYTES} there are. */
  public int pageCount() {
    return pages.count();
  }

  /**
   * Reads pages from the disk, past the caches, except those that wait in memory to be written.
   *
   * @throws dev.brindle.store.CorruptStoreException one of them is not what was written
   */
  public void verifyPages(int first, int count) throws IOException {
    pages.copyTo(first, count, new byte[count * PAGE_BYTES], 0);
  }

  /** The space the index takes on the disk with its copies, in bytes. */
  public long fileBytes() {
    return files.writer().fileBytes();
  }

  /** What is changed in memory and not durable yet, in bytes. */
  public long dirtyBytes() {
    return pages.dirtyBytes();
  }

  /** Closes the files. What was not written is lost. */
  @Override
  public void close() throws IOException {
    files.close();
  }

  /** Runs a change, after whose failure no other may follow. */
  private void guarded(TableTree.Change change) throws IOException {
    if (failure != null) {
      throw new IOException("the index takes no changes since an earlier failure", failure);
    }
    try {
      change.run();
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
      throw e;
    }
  }

  private final class TableHost implements TableTree.Host {
    @Override
    public void change(TableTree.Change change) throws IOException {
      freezing.readLock().lock();
      try {
        guarded(change);
      } finally {
        freezing.readLock().unlock();
      }
    }

    @Override
    public void tableMade(String name, long root) throws IOException {
      synchronized (catalogue) {
        catalogue.add(name, root);
        records.put(Catalogue.ID, catalogue.encode());
      }
    }
  }
}
