package dev.brindle.store.log;

import dev.brindle.store.CorruptStoreException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Which blocks of a segment are live. Few runs are kept as their boundaries, many as a bitmap, so
 * that a segment that is full, empty or nearly so costs next to nothing. Not thread-safe.
 *
 * <pre>
 *   runs    [start, end, start, end, ...]  ascending, neither touching nor overlapping
 *   bitmap  one bit a block
 * </pre>
 */
final class LiveMap {
  private static final int RUNS_MAX = 64;
  private static final char[] NONE = {};

  private static final byte FORM_RUNS = 0;
  private static final byte FORM_BITS = 1;

  /** Boundaries; unused when there is a bitmap. */
  private char[] runs = NONE;

  private @Nullable BitSet bits;
  private int count;

  /** A consumer of runs. */
  interface RunVisitor {
    void run(int start, int count);
  }

  LiveMap copy() {
    LiveMap copy = new LiveMap();
    copy.runs = runs;
    copy.bits = bits == null ? null : (BitSet) bits.clone();
    copy.count = count;
    return copy;
  }

  int count() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Whether all blocks of a range are live. */
  boolean contains(int start, int blocks) {
    if (bits != null) {
      return bits.nextClearBit(start) >= start + blocks;
    }
    for (int i = 0; i < runs.length; i += 2) {
      if (runs[i] <= start && start + blocks <= runs[i + 1]) {
        return true;
      }
    }
    return false;
  }

  /** Whether any block of a range is live. */
  boolean intersects(int start, int blocks) {
    if (bits != null) {
      int next = bits.nextSetBit(start);
      return next >= 0 && next < start + blocks;
    }
    for (int i = 0; i < runs.length; i += 2) {
      if (runs[i] < start + blocks && start < runs[i + 1]) {
        return true;
      }
    }
    return false;
  }

  /** Makes a range live, of which nothing is. */
  void add(int start, int blocks) {
    if (intersects(start, blocks)) {
      throw new IllegalStateException("blocks %d+%d are live already".formatted(start, blocks));
    }
    count += blocks;
    if (bits != null) {
      bits.set(start, start + blocks);
      return;
    }
    int at = 0;
    while (at < runs.length && runs[at] < start) {
      at += 2;
    }
    boolean joinsLeft = at > 0 && runs[at - 1] == start;
    boolean joinsRight = at < runs.length && runs[at] == start + blocks;
    if (joinsLeft && joinsRight) {
      splice(at - 1, 2);
    } else if (joinsLeft) {
      replace(at - 1, start + blocks);
    } else if (joinsRight) {
      replace(at, start);
    } else {
      splice(at, 0, start, start + blocks);
    }
  }

  /** Makes a range dead, all of which is live. */
  void remove(int start, int blocks) {
    if (!contains(start, blocks)) {
      throw new IllegalStateException("blocks %d+%d are not all live".formatted(start, blocks));
    }
    count -= blocks;
    if (bits != null) {
      bits.clear(start, start + blocks);
      return;
    }
    int end = start + blocks;
    int at = 0;
    while (runs[at + 1] < end) {
      at += 2;
    }
    boolean fromStart = runs[at] == start;
    boolean toEnd = runs[at + 1] == end;
    if (fromStart && toEnd) {
      splice(at, 2);
    } else if (fromStart) {
      replace(at, end);
    } else if (toEnd) {
      replace(at + 1, start);
    } else {
      splice(at + 1, 0, start, end);
    }
  }

  /** What is live in this map or in the other. */
  LiveMap union(LiveMap other) {
    BitSet all = toBits();
    other.forEachRun((start, blocks) -> all.set(start, start + blocks));
    return ofBits(all);
  }

  void forEachRun(RunVisitor visitor) {
    if (bits != null) {
      for (int start = bits.nextSetBit(0); start >= 0; ) {
        int end = bits.nextClearBit(start);
        visitor.run(start, end - start);
        start = bits.nextSetBit(end);
      }
      return;
    }
    for (int i = 0; i < runs.length; i += 2) {
      visitor.run(runs[i], runs[i + 1] - runs[i]);
    }
  }

  /** Goes back to the smaller form where it can. */
  void compact() {
    if (bits == null) {
      return;
    }
    int found = 0;
    for (int start = bits.nextSetBit(0); start >= 0 && found <= RUNS_MAX / 2; found++) {
      start = bits.nextSetBit(bits.nextClearBit(start));
    }
    if (found <= RUNS_MAX / 2) {
      runs = boundaries(bits, found);
      bits = null;
    }
  }

  /** The arrays are shared by copies: a change makes new ones. */
  private void splice(int at, int removed, int... added) {
    char[] next = new char[runs.length - removed + added.length];
    System.arraycopy(runs, 0, next, 0, at);
    for (int i = 0; i < added.length; i++) {
      next[at + i] = (char) added[i];
    }
    System.arraycopy(runs, at + removed, next, at + added.length, runs.length - at - removed);
    runs = next;
    if (runs.length > 2 * RUNS_MAX) {
      bits = toBits();
      runs = NONE;
    }
  }

  private void replace(int at, int boundary) {
    runs = runs.clone();
    runs[at] = (char) boundary;
  }

  private BitSet toBits() {
    BitSet all = new BitSet();
    forEachRun((start, blocks) -> all.set(start, start + blocks));
    return all;
  }

  static LiveMap ofBits(BitSet bits) {
    LiveMap map = new LiveMap();
    map.bits = bits;
    map.count = bits.cardinality();
    map.compact();
    return map;
  }

  private static char[] boundaries(BitSet bits, int runCount) {
    char[] runs = new char[2 * runCount];
    int i = 0;
    for (int start = bits.nextSetBit(0); start >= 0; ) {
      int end = bits.nextClearBit(start);
      runs[i++] = (char) start;
      runs[i++] = (char) end;
      start = bits.nextSetBit(end);
    }
    return runs;
  }

  int encodedBytes() {
    return 1 + Short.BYTES + (bits == null ? runs.length * Character.BYTES : bitBytes(bits));
  }

  private static int bitBytes(BitSet bits) {
    return (bits.length() + Byte.SIZE - 1) / Byte.SIZE;
  }

  /** Form, number of boundaries or bytes, boundaries or bytes. */
  void encode(ByteBuffer target) {
    if (bits == null) {
      target.put(FORM_RUNS).putShort((short) runs.length);
      for (char boundary : runs) {
        target.putChar(boundary);
      }
    } else {
      byte[] bytes = bits.toByteArray();
      target.put(FORM_BITS).putShort((short) bytes.length).put(bytes);
    }
  }

  /** Reads what {@link #encode} wrote and verifies that it is a map of so many blocks. */
  static LiveMap decode(int segmentBlocks, ByteBuffer source) throws CorruptStoreException {
    if (source.remaining() < 1 + Short.BYTES) {
      throw damaged("it ends too early");
    }
    byte form = source.get();
    int length = source.getShort() & 0xffff;
    int unit = form == FORM_RUNS ? Character.BYTES : 1;
    if (source.remaining() < length * unit || (form != FORM_RUNS && form != FORM_BITS)) {
      throw damaged("form " + form + " of length " + length);
    }
    if (form == FORM_BITS) {
      byte[] bytes = new byte[length];
      source.get(bytes);
      BitSet bits = BitSet.valueOf(bytes);
      if (bits.length() > segmentBlocks) {
        throw damaged("a block behind the segment's end");
      }
      return ofBits(bits);
    }
    BitSet bits = new BitSet();
    int end = -1;
    for (int i = 0; i + 1 < length; i += 2) {
      int start = source.getChar();
      int next = source.getChar();
      if (start <= end || next <= start || next > segmentBlocks) {
        throw damaged("its runs are not in order");
      }
      bits.set(start, next);
      end = next;
    }
    return ofBits(bits);
  }

  private static CorruptStoreException damaged(String what) {
    return new CorruptStoreException("index", -1, "a segment's live map: " + what);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LiveMap map && toBits().equals(map.toBits());
  }

  @Override
  public int hashCode() {
    return toBits().hashCode();
  }

  @Override
  public String toString() {
    return count + " live " + toBits();
  }
}
