package dev.brindle.store.version;

import dev.brindle.store.version.SortedRows.Row;
import java.io.IOException;

/** All deadlists and the reference-count map, in one tree of rows. */
final class SpaceTree {
  private final SortedRows rows;
  private final WholeChanges changes;
  private final Deadlists deadlists;
  private final Shares shares;

  /**
   * @param nextList the first number that is no deadlist's and no bucket's
   */
  SpaceTree(SortedRows rows, int segmentBlocks, long nextList) {
    UndoableRows undoable = new UndoableRows(rows);
    this.rows = undoable;
    this.changes = new WholeChanges(undoable);
    CountedBlocks blocks = new CountedBlocks(undoable, segmentBlocks);
    this.deadlists = new Deadlists(undoable, changes, blocks, nextList);
    this.shares = new Shares(blocks, changes, segmentBlocks);
  }

  Deadlists deadlists() {
    return deadlists;
  }

  Shares shares() {
    return shares;
  }

  long root() {
    return rows.root();
  }

  /** Forgets all rows; the numbers of lists are not given again. */
  void clear() {
    rows.clear();
    changes.reset();
  }

  /**
   * @throws IOException a change failed half-way: no checkpoint may contain the tree
   */
  void checkUsable() throws IOException {
    changes.check();
  }

  /** The rows of all lists, of the map, and any others. */
  long countRows() throws IOException {
    long count = 0;
    Row row = rows.ceiling(0, 0);
    while (row != null) {
      count++;
      row = rows.ceiling(row.high(), row.offset() + 1);
    }
    return count;
  }
}
