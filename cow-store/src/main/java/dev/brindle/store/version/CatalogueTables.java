package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.index.TwinTables;
import java.util.List;

/** The three tables that the version tree keeps in the index. */
record CatalogueTables(RowTable versions, RowTable volumes, RowTable counters) {
  static final List<String> NAMES = List.of("versions", "volumes", "counters");

  static CatalogueTables of(TwinTables tables) {
    return new CatalogueTables(
        RowTable.of(tables.table(NAMES.get(0))),
        RowTable.of(tables.table(NAMES.get(1))),
        RowTable.of(tables.table(NAMES.get(2))));
  }

  static void verify(String table, long key, byte[] row) throws CorruptStoreException {
    RowReader.withChecksum("row " + key + " of the table of " + table, key, row);
  }
}
