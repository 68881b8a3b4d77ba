package dev.brindle.store.version;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows whose changes can be taken back until they are kept. */
final class UndoableRows implements SortedRows {
  /**
   * A row as it was.
   *
   * @param value null when there was none
   */
  private record Before(long high, long offset, byte @Nullable [] value) {}

  private final SortedRows rows;
  private final List<Before> undo = new ArrayList<>();

  UndoableRows(SortedRows rows) {
    this.rows = rows;
  }

  /** What was changed up to here stays. */
  void keep() {
    undo.clear();
  }

  /** Takes back what was changed since {@link #keep}: the nodes for that are in memory. */
  void takeBack() throws IOException {
    while (!undo.isEmpty()) {
      Before before = undo.remove(undo.size() - 1);
      if (before.value == null) {
        rows.remove(before.high, before.offset);
      } else {
        rows.put(before.high, before.offset, before.value);
      }
    }
  }

  @Override
  public byte @Nullable [] get(long high, long offset) throws IOException {
    return rows.get(high, offset);
  }

  @Override
  public @Nullable Row floor(long high, long offset) throws IOException {
    return rows.floor(high, offset);
  }

  @Override
  public @Nullable Row ceiling(long high, long offset) throws IOException {
    return rows.ceiling(high, offset);
  }

  @Override
  public byte @Nullable [] put(long high, long offset, byte[] value) throws IOException {
    byte[] before = rows.put(high, offset, value);
    undo.add(new Before(high, offset, before));
    return before;
  }

  @Override
  public byte @Nullable [] remove(long high, long offset) throws IOException {
    byte[] before = rows.remove(high, offset);
    if (before != null) {
      undo.add(new Before(high, offset, before));
    }
    return before;
  }

  @Override
  public void clear() {
    undo.clear();
    rows.clear();
  }

  @Override
  public long root() {
    return rows.root();
  }
}
