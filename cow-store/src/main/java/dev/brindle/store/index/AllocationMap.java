package dev.brindle.store.index;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Which units are in use, and for what: two bits each, kept in map units among the others. What was
 * handed out and not put yet is known here and nowhere on disk. Safe for any number of threads.
 */
final class AllocationMap {
  /** What a unit is used for. */
  enum Use {
    FREE,
    /** A record of one unit. */
    SINGLE,
    /** The first unit of a longer record. */
    HEAD,
    /** Another unit of a longer record, or a unit of this map. */
    PART;

    private static final Use[] VALUES = values();
  }

  /** Units that one map unit describes, itself among them. */
  static final int CHUNK_UNITS = (UnitFormat.PAYLOAD_BYTES - Long.BYTES) * 4;

  private final List<Chunk> chunks = new ArrayList<>();

  /** In use, or handed out; bit n is unit n + 1. */
  private final BitSet busy = new BitSet();

  private int lowestFree;
  private long unitsMade;

  private static final class Chunk {
    /** As stored: the number of units made, then two bits a unit. */
    final byte[] payload;

    boolean changed;

    Chunk(byte[] payload) {
      this.payload = payload;
    }
  }

  /** A map unit's content as it must be stored. */
  record MapUnit(long id, byte[] payload) {}

  static boolean isMapUnit(long id) {
    return (id - 1) % CHUNK_UNITS == 0;
  }

  /** Takes over a map unit, in ascending order of their numbers. */
  synchronized void load(byte[] payload) {
    Chunk chunk = new Chunk(payload);
    chunks.add(chunk);
    if (chunks.size() == 1) {
      unitsMade = PageFormat.getLong(payload, 0);
    }
    int first = (chunks.size() - 1) * CHUNK_UNITS;
    for (int i = 0; i < CHUNK_UNITS; i++) {
      if (useAt(chunk, i) != 0) {
        busy.set(first + i);
      }
    }
  }

  /** How many units MapDB was asked for so far; their numbers are 1 to this. */
  synchronized long unitsMade() {
    return unitsMade;
  }

  synchronized void setUnitsMade(long units) {
    unitsMade = units;
    chunkOf(units);
    Chunk first = chunks.get(0);
    PageFormat.putLong(first.payload, 0, units);
    first.changed = true;
  }

  /** The lowest number that is neither in use nor handed out; it is handed out now. */
  synchronized long allocate() {
    int bit = busy.nextClearBit(lowestFree);
    while (isMapUnit(bit + 1L)) {
      bit = busy.nextClearBit(bit + 1);
    }
    busy.set(bit);
    lowestFree = bit + 1;
    return bit + 1L;
  }

  /** Whether a number is handed out, or in use. */
  synchronized boolean isBusy(long id) {
    return id > 0 && id <= Integer.MAX_VALUE && busy.get((int) (id - 1));
  }

  synchronized Use use(long id) {
    if (id <= 0 || id > (long) chunks.size() * CHUNK_UNITS) {
      return Use.FREE;
    }
    return Use.VALUES[useAt(chunkOf(id), within(id))];
  }

  /**
   * Sets what a unit is used for from now on; {@link Use#FREE} also makes its number allocatable.
   */
  synchronized void setUse(long id, Use use) {
    Chunk chunk = chunkOf(id);
    int within = within(id);
    int at = Long.BYTES + within / 4;
    int shift = within % 4 * 2;
    chunk.payload[at] = (byte) (chunk.payload[at] & ~(3 << shift) | use.ordinal() << shift);
    chunk.changed = true;
    int bit = (int) (id - 1);
    busy.set(bit, use != Use.FREE);
    if (use == Use.FREE) {
      lowestFree = Math.min(lowestFree, bit);
    }
  }

  /** Takes back a number that was handed out and is not in use. */
  synchronized void giveBack(long id) {
    int bit = (int) (id - 1);
    busy.clear(bit);
    lowestFree = Math.min(lowestFree, bit);
  }

  /** The map units that changed since the last call. */
  synchronized List<MapUnit> takeChanged() {
    List<MapUnit> changed = new ArrayList<>();
    for (int i = 0; i < chunks.size(); i++) {
      Chunk chunk = chunks.get(i);
      if (chunk.changed) {
        changed.add(new MapUnit(1L + (long) i * CHUNK_UNITS, chunk.payload.clone()));
        chunk.changed = false;
      }
    }
    return changed;
  }

  /** Visits the units that are used so, ascending. */
  void forEach(Set<Use> uses, LongConsumer visitor) {
    BitSet found = new BitSet();
    synchronized (this) {
      for (int bit = busy.nextSetBit(0); bit >= 0; bit = busy.nextSetBit(bit + 1)) {
        found.set(bit, uses.contains(use(bit + 1L)));
      }
    }
    found.stream().forEach(bit -> visitor.accept(bit + 1L));
  }

  private static int useAt(Chunk chunk, int within) {
    return chunk.payload[Long.BYTES + within / 4] >> within % 4 * 2 & 3;
  }

  private static int within(long id) {
    return (int) ((id - 1) % CHUNK_UNITS);
  }

  /** The chunk that describes a unit; those up to it are made when they are not there. */
  private Chunk chunkOf(long id) {
    int index = (int) ((id - 1) / CHUNK_UNITS);
    while (chunks.size() <= index) {
      Chunk chunk = new Chunk(new byte[UnitFormat.PAYLOAD_BYTES]);
      chunks.add(chunk);
      setUse(1L + (chunks.size() - 1L) * CHUNK_UNITS, Use.PART);
    }
    return chunks.get(index);
  }
}
