package dev.brindle.store.index;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The store's records (tree nodes, deadlist chunks) and tables, with atomic checkpoints.
 *
 * <p>All methods are safe for any number of threads. Changes go to memory; {@link #freeze} fixes
 * what the next checkpoint holds, {@link #write} makes it durable.
 */
public final class Index implements Closeable {
  /** The unit of space, in bytes: a record takes a whole number of units. */
  public static final int UNIT_BYTES = 8192;

  /** The longest record that fits in one unit. */
  public static final int UNIT_PAYLOAD_BYTES = UNIT_BYTES - 4;

  /** The longest record. */
  public static final int RECORD_BYTES_MAX = 2 << 20;

  private final Map<Long, byte[]> records = new ConcurrentHashMap<>();
  private final Map<String, Table> tables = new ConcurrentHashMap<>();
  private final AtomicLong nextId = new AtomicLong(1);

  private Index() {}

  /** Makes a new, empty index; durable when this returns. */
  public static Index create(Disk disk, StoreId store) throws IOException {
    return new Index();
  }

  /**
   * Opens an index at its last complete checkpoint.
   *
   * @throws CorruptStoreException
   */
  public static Index open(Disk disk, StoreId store) throws IOException {
    return new Index();
  }

  /** The space that a record of this many bytes takes, in bytes: a multiple of a unit. */
  public static int storedBytes(int recordBytes) {
    return Math.max(1, (recordBytes + UNIT_PAYLOAD_BYTES - 1) / UNIT_PAYLOAD_BYTES) * UNIT_BYTES;
  }

  /**
   * A number for a new record, larger than 0. Touches memory only. Until it is put, the number is
   * handed out in this process alone: after a crash, or a close, it is free again by itself. It can
   * be given back by {@link #delete}.
   */
  public long allocate() {
    return nextId.getAndIncrement();
  }

  /**
   * Reads a record.
   *
   * @throws CorruptStoreException there is no such record, or its bytes are damaged
   */
  public byte[] get(long id) throws IOException {
    byte[] bytes = records.get(id);
    if (bytes == null) {
      throw new CorruptStoreException("index.db", -1, "there is no record " + id);
    }
    return bytes.clone();
  }

  /** Sets a record, of a number that {@link #allocate} gave. */
  public void put(long id, byte[] bytes) throws IOException {
    records.put(id, bytes.clone());
  }

  /**
   * Deletes a record, or gives back a number that was never put. The number may be handed out again
   * at once.
   */
  public void delete(long id) throws IOException {
    records.remove(id);
  }

  /** The table of that name; it begins to exist with its first row. */
  public Table table(String name) throws IOException {
    return tables.computeIfAbsent(name, MemoryTable::new);
  }

  /** Visits the numbers of all records that were put, ascending; tables' own are not among them. */
  public void forEachRecord(LongConsumer visitor) throws IOException {
    records.keySet().stream().sorted().forEach(visitor::accept);
  }

  /**
   * Fixes the content of the next checkpoint: all changes made so far. Takes no more than a moment
   * and touches memory only; changes wait for it. What an earlier freeze fixed and no write made
   * durable is included.
   */
  public void freeze() throws IOException {}

  /**
   * Makes what was frozen durable. Changes go on meanwhile and are not part of it.
   *
   * @throws dev.brindle.store.disk.DiskFullException nothing is lost: call it again, or freeze
   *     again and then call it, when there is space
   */
  public void write() throws IOException {}

  /** The space the index takes on the disk, in bytes. */
  public long fileBytes() throws IOException {
    return records.size() * (long) UNIT_BYTES;
  }

  /** What is changed in memory and not durable yet, in bytes. */
  public long dirtyBytes() {
    return 0;
  }

  /** Closes the files. What was not written is lost. */
  @Override
  public void close() throws IOException {}

  private record MemoryTable(String name, TreeMap<Long, byte[]> rows) implements Table {
    MemoryTable(String name) {
      this(name, new TreeMap<>());
    }

    @Override
    public synchronized byte @Nullable [] get(long key) {
      return rows.get(key);
    }

    @Override
    public synchronized void put(long key, byte[] row) {
      rows.put(key, row);
    }

    @Override
    public synchronized void remove(long key) {
      rows.remove(key);
    }

    @Override
    public void forEach(RowVisitor visitor) throws IOException {
      Map<Long, byte[]> copy;
      synchronized (this) {
        copy = new ConcurrentSkipListMap<>(rows);
      }
      for (Map.Entry<Long, byte[]> row : copy.entrySet()) {
        visitor.row(row.getKey(), row.getValue());
      }
    }
  }
}
