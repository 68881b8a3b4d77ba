package dev.brindle.store.version;

import dev.brindle.store.version.SortedRows.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sets of blocks in which a block may be more than once: rows of ranges, each with how often its
 * blocks are there. The rows of one set have the same first half of the key. Ranges do not overlap;
 * those that touch within a segment and are there equally often are one row.
 *
 * <pre>
 *   address -> blocks, count     the count is left out when it is 1
 * </pre>
 */
final class CountedBlocks {
  /** Blocks that are in a set {@code count} times, at least once. */
  record Range(long address, long blocks, long count) {
    long end() {
      return address + blocks;
    }
  }

  /** Says how often blocks are to be in a set. */
  interface Step {
    /**
     * @param count how often they are there now, from 0 on
     */
    long apply(long address, long blocks, long count) throws IOException;
  }

  private final SortedRows rows;
  private final int segmentBlocks;

  /**
   * @param segmentBlocks ranges are not joined over a multiple of this, for the log takes back
   *     blocks of one segment at a time
   */
  CountedBlocks(SortedRows rows, int segmentBlocks) {
    this.rows = rows;
    this.segmentBlocks = segmentBlocks;
  }

  /**
   * Changes how often the blocks of a range are there.
   *
   * @param blocks all in one segment
   * @return by how much the number of rows has grown
   */
  int update(long key, long address, long blocks, Step step) throws IOException {
    long end = address + blocks;
    List<Range> old = touching(key, address, end);
    List<Range> now = new ArrayList<>(old.size() + 2);
    long at = address;
    for (Range range : old) {
      append(now, range.address, Math.min(range.end(), address), range.count);
      at = apply(now, at, Math.min(range.address, end), 0, step);
      at = apply(now, at, Math.min(range.end(), end), range.count, step);
      append(now, Math.max(range.address, end), range.end(), range.count);
    }
    apply(now, at, end, 0, step);
    replace(key, old, now);
    return now.size() - old.size();
  }

  /** The ranges that a range overlaps, and its neighbours. */
  private List<Range> touching(long key, long address, long end) throws IOException {
    List<Range> found = new ArrayList<>();
    Range before = address == 0 ? null : range(key, rows.floor(key, address - 1));
    if (before != null && before.end() >= address) {
      found.add(before);
    }
    Range next = next(key, address);
    while (next != null && next.address <= end) {
      found.add(next);
      next = next(key, next.end());
    }
    return found;
  }

  /** Returns the end of what has been decided. */
  private long apply(List<Range> now, long from, long to, long count, Step step)
      throws IOException {
    if (from >= to) {
      return from;
    }
    append(now, from, to, step.apply(from, to - from, count));
    return to;
  }

  private void append(List<Range> ranges, long from, long to, long count) {
    if (from >= to || count == 0) {
      return;
    }
    int last = ranges.size() - 1;
    Range before = last < 0 ? null : ranges.get(last);
    if (before != null
        && before.end() == from
        && before.count == count
        && from % segmentBlocks != 0) {
      ranges.set(last, new Range(before.address, before.blocks + to - from, count));
    } else {
      ranges.add(new Range(from, to - from, count));
    }
  }

  /** Both lists are in order; rows that stay as they are stay untouched. */
  private void replace(long key, List<Range> old, List<Range> now) throws IOException {
    int next = 0;
    for (Range range : old) {
      while (next < now.size() && now.get(next).address < range.address) {
        put(key, now.get(next++));
      }
      if (next == now.size() || now.get(next).address > range.address) {
        rows.remove(key, range.address);
      } else {
        Range there = now.get(next++);
        if (!there.equals(range)) {
          put(key, there);
        }
      }
    }
    while (next < now.size()) {
      put(key, now.get(next++));
    }
  }

  private void put(long key, Range range) throws IOException {
    RowWriter row = new RowWriter().number(range.blocks);
    rows.put(key, range.address, (range.count == 1 ? row : row.number(range.count)).finish());
  }

  /** The first range at or behind an address; null when there is none. */
  @Nullable Range next(long key, long address) throws IOException {
    return range(key, rows.ceiling(key, address));
  }

  void remove(long key, Range range) throws IOException {
    rows.remove(key, range.address);
  }

  private static @Nullable Range range(long key, @Nullable Row row) throws IOException {
    if (row == null || row.high() != key) {
      return null;
    }
    RowReader reader = RowReader.of("a row of blocks", row.value());
    long blocks = reader.number();
    long count = reader.hasMore() ? reader.number() : 1;
    reader.finish();
    if (blocks <= 0 || count <= 0) {
      throw reader.broken("has " + blocks + " blocks " + count + " times");
    }
    return new Range(row.offset(), blocks, count);
  }
}
