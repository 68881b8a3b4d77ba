package dev.brindle.store.volume;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.index.Index;
import dev.brindle.store.index.Table;
import dev.brindle.store.index.TwinTables;
import dev.brindle.store.version.VersionTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables of a store's index.
 *
 * @param twins the version tree's, and the one of the last checkpoint
 * @param segments segment number to live map; {@code store.log} says the rows
 */
record StoreTables(TwinTables twins, Table segments) {
  private static final String SEGMENTS = "segments";

  /** One row: {@link CheckpointRow}. */
  private static final String CHECKPOINT = "checkpoint";

  static StoreTables of(Index index) {
    List<String> names = new ArrayList<>(VersionTree.tables());
    names.add(CHECKPOINT);
    return new StoreTables(index.twins(names), index.table(SEGMENTS));
  }

  Table checkpoint() {
    return twins.table(CHECKPOINT);
  }

  /**
   * Mends what is damaged in one of a row's two places.
   *
   * @throws CorruptStoreException rows may be lost in both
   */
  void mend() throws IOException {
    for (String lost : mend(false)) {
      throw new CorruptStoreException(
          "index.db", -1, lost + "; brindle check --repair makes anew what it can");
    }
  }

  /**
   * As {@link #mend}, also with what is left when rows are lost.
   *
   * @return a sentence for each table that has lost some
   */
  List<String> mendWhatIsLeft() throws IOException {
    return mend(true);
  }

  private List<String> mend(boolean evenWithLosses) throws IOException {
    List<String> losses = new ArrayList<>();
    twins
        .mend(StoreTables::verify, evenWithLosses)
        .forEach(
            (table, cause) ->
                losses.add(
                    "rows of the table of %s are lost, in both of their places (%s)"
                        .formatted(table, cause.getMessage())));
    return losses;
  }

  private static void verify(String table, long key, byte[] row) throws CorruptStoreException {
    if (table.equals(CHECKPOINT)) {
      CheckpointRow.verify(key, row);
    } else {
      VersionTree.verifyRow(table, key, row);
    }
  }
}
