package dev.brindle.store.index;

import static dev.brindle.store.index.UnitFormat.HEADER_BYTES;
import static dev.brindle.store.index.UnitFormat.PAYLOAD_BYTES;
import static dev.brindle.store.index.UnitFormat.UNIT_BYTES;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.index.AllocationMap.MapUnit;
import dev.brindle.store.index.AllocationMap.Use;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.LongConsumer;
import org.mapdb.volume.Volume;
import org.tinylog.Logger;

/**
 * Records of any length, each in one unit or a head unit and more. Safe for any number of threads,
 * except that one record is changed by one thread at a time.
 */
final class Records {
  private static final long[] NO_PARTS = {};

  private final Units units;
  private final AllocationMap map = new AllocationMap();
  private final Object making = new Object();

  /** Makes reading and changing a record of several units one step each. */
  private final ReadWriteLock longRecords = new ReentrantReadWriteLock();

  /**
   * @param made whether the volume holds records already
   */
  Records(Volume volume, boolean made) throws IOException {
    units = new Units(volume, made);
    if (made) {
      loadMap();
    } else {
      map.setUnitsMade(units.make(new byte[UNIT_BYTES]));
    }
  }

  private void loadMap() throws IOException {
    long id = 1;
    do {
      byte[] unit = units.read(id);
      if (UnitFormat.kind(unit) != UnitFormat.KIND_MAP) {
        throw damaged(id, "is not the map of units that stands there");
      }
      byte[] payload = new byte[PAYLOAD_BYTES];
      System.arraycopy(unit, HEADER_BYTES, payload, 0, PAYLOAD_BYTES);
      map.load(payload);
      id += AllocationMap.CHUNK_UNITS;
    } while (id <= map.unitsMade());
  }

  long allocate() {
    return map.allocate();
  }

  void forEach(LongConsumer visitor) {
    map.forEach(EnumSet.of(Use.SINGLE, Use.HEAD), visitor);
  }

  byte[] get(long id) throws IOException {
    Use use = map.use(id);
    if (use == Use.FREE || use == Use.PART) {
      throw new CorruptStoreException(PageFormat.INDEX_FILE, -1, "there is no record " + id);
    }
    if (use == Use.SINGLE) {
      byte[] head = head(id);
      int length = UnitFormat.length(head);
      // It may have become a long one since.
      if (length <= PAYLOAD_BYTES) {
        return Arrays.copyOfRange(head, HEADER_BYTES, HEADER_BYTES + length);
      }
    }
    return getLong(id);
  }

  private byte[] getLong(long id) throws IOException {
    longRecords.readLock().lock();
    try {
      byte[] head = head(id);
      long[] parts = parts(head);
      byte[] bytes = new byte[UnitFormat.length(head)];
      int done = copyOut(head, parts.length * Long.BYTES, bytes, 0);
      for (long part : parts) {
        byte[] unit = units.read(part);
        if (UnitFormat.kind(unit) != UnitFormat.KIND_PART) {
          throw damaged(part, "is not part of record " + id);
        }
        done += copyOut(unit, 0, bytes, done);
      }
      return bytes;
    } finally {
      longRecords.readLock().unlock();
    }
  }

  private static int copyOut(byte[] unit, int skip, byte[] target, int at) {
    int count = Math.min(PAYLOAD_BYTES - skip, target.length - at);
    System.arraycopy(unit, HEADER_BYTES + skip, target, at, count);
    return count;
  }

  private byte[] head(long id) throws IOException {
    byte[] head = units.read(id);
    if (UnitFormat.kind(head) != UnitFormat.KIND_HEAD) {
      throw damaged(id, "is not the beginning of a record");
    }
    return head;
  }

  /** The units that hold the rest of a record. */
  private static long[] parts(byte[] head) {
    long[] parts = new long[UnitFormat.units(UnitFormat.length(head)) - 1];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = PageFormat.getLong(head, HEADER_BYTES + i * Long.BYTES);
    }
    return parts;
  }

  /**
   * The parts of a record that is overwritten or deleted. When its head is damaged nobody knows
   * them: they stay taken until {@link #freeStrayParts}.
   */
  private long[] partsToFree(long id) throws IOException {
    try {
      return parts(head(id));
    } catch (CorruptStoreException e) {
      Logger.error(e, "record {} goes, and the space of its parts stays taken until a repair", id);
      return NO_PARTS;
    }
  }

  /**
   * The units of long records that no record has.
   *
   * @throws CorruptStoreException a long record is damaged, so nobody knows
   */
  private BitSet strayParts() throws IOException {
    BitSet stray = new BitSet();
    map.forEach(EnumSet.of(Use.PART), id -> stray.set((int) id, !AllocationMap.isMapUnit(id)));
    List<Long> heads = new ArrayList<>();
    map.forEach(EnumSet.of(Use.HEAD), heads::add);
    for (long head : heads) {
      for (long part : parts(head(head))) {
        stray.clear((int) part);
      }
    }
    return stray;
  }

  /** How many units there are that belong to no record; no change may be under way. */
  int countStrayParts() throws IOException {
    longRecords.readLock().lock();
    try {
      return strayParts().cardinality();
    } finally {
      longRecords.readLock().unlock();
    }
  }

  /** Frees them. */
  void freeStrayParts() throws IOException {
    longRecords.writeLock().lock();
    try {
      strayParts().stream().forEach(part -> map.setUse(part, Use.FREE));
    } finally {
      longRecords.writeLock().unlock();
    }
  }

  void put(long id, byte[] bytes) throws IOException {
    Use use = map.use(id);
    if (use == Use.PART || !map.isBusy(id)) {
      throw new IllegalStateException("record " + id + " was not allocated");
    }
    int count = UnitFormat.units(bytes.length);
    if (count == 1 && use != Use.HEAD) {
      writeHead(id, NO_PARTS, bytes);
      map.setUse(id, Use.SINGLE);
    } else {
      putLong(id, use, count, bytes);
    }
  }

  private void putLong(long id, Use use, int count, byte[] bytes) throws IOException {
    longRecords.writeLock().lock();
    try {
      long[] old = use == Use.HEAD ? partsToFree(id) : NO_PARTS;
      long[] parts = new long[count - 1];
      for (int i = 0; i < parts.length; i++) {
        parts[i] = i < old.length ? old[i] : map.allocate();
      }
      int done = writeHead(id, parts, bytes);
      map.setUse(id, count == 1 ? Use.SINGLE : Use.HEAD);
      for (long part : parts) {
        done += writePart(part, bytes, done);
        map.setUse(part, Use.PART);
      }
      for (int i = parts.length; i < old.length; i++) {
        map.setUse(old[i], Use.FREE);
      }
    } finally {
      longRecords.writeLock().unlock();
    }
  }

  private int writeHead(long id, long[] parts, byte[] bytes) throws IOException {
    byte[] unit = new byte[UNIT_BYTES];
    UnitFormat.putHeader(unit, UnitFormat.KIND_HEAD, bytes.length);
    for (int i = 0; i < parts.length; i++) {
      PageFormat.putLong(unit, HEADER_BYTES + i * Long.BYTES, parts[i]);
    }
    int skip = HEADER_BYTES + parts.length * Long.BYTES;
    int count = Math.min(UNIT_BYTES - skip, bytes.length);
    System.arraycopy(bytes, 0, unit, skip, count);
    writeUnit(id, unit);
    return count;
  }

  private int writePart(long id, byte[] bytes, int from) throws IOException {
    int count = Math.min(PAYLOAD_BYTES, bytes.length - from);
    byte[] unit = new byte[UNIT_BYTES];
    UnitFormat.putHeader(unit, UnitFormat.KIND_PART, count);
    System.arraycopy(bytes, from, unit, HEADER_BYTES, count);
    writeUnit(id, unit);
    return count;
  }

  /** Writes a unit; MapDB is asked for those up to it that it was not asked for yet. */
  private void writeUnit(long id, byte[] unit) throws IOException {
    if (id > map.unitsMade()) {
      synchronized (making) {
        for (long next = map.unitsMade() + 1; next <= id; next++) {
          long made = units.make(next == id ? unit : new byte[UNIT_BYTES]);
          if (made != next) {
            throw damaged(next, "was made as unit " + made);
          }
          map.setUnitsMade(made);
          if (made == id) {
            return;
          }
        }
      }
    }
    units.write(id, unit);
  }

  void delete(long id) throws IOException {
    Use use = map.use(id);
    if (use == Use.PART || !map.isBusy(id)) {
      throw new IllegalStateException("record " + id + " was not allocated");
    }
    switch (use) {
      case FREE -> map.giveBack(id);
      case SINGLE -> map.setUse(id, Use.FREE);
      case HEAD -> deleteLong(id);
      case PART -> throw new IllegalStateException();
    }
  }

  private void deleteLong(long id) throws IOException {
    longRecords.writeLock().lock();
    try {
      for (long part : partsToFree(id)) {
        map.setUse(part, Use.FREE);
      }
      map.setUse(id, Use.FREE);
    } finally {
      longRecords.writeLock().unlock();
    }
  }

  /** Fixes the records as they are now; no change may be under way. */
  void freeze() throws IOException {
    for (MapUnit changed : map.takeChanged()) {
      byte[] unit = new byte[UNIT_BYTES];
      UnitFormat.putHeader(unit, UnitFormat.KIND_MAP, PAYLOAD_BYTES);
      System.arraycopy(changed.payload(), 0, unit, HEADER_BYTES, PAYLOAD_BYTES);
      units.write(changed.id(), unit);
    }
    units.commit();
  }

  private static CorruptStoreException damaged(long id, String what) {
    return new CorruptStoreException(PageFormat.INDEX_FILE, -1, "unit " + id + " " + what);
  }
}
