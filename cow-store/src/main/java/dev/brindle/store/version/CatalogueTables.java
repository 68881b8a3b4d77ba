package dev.brindle.store.version;

import dev.brindle.store.index.Index;
import java.io.IOException;

/** The three tables that the version tree keeps in the index. */
record CatalogueTables(RowTable versions, RowTable volumes, RowTable counters) {
  static CatalogueTables of(Index index) throws IOException {
    return new CatalogueTables(
        RowTable.of(index.table("versions")),
        RowTable.of(index.table("volumes")),
        RowTable.of(index.table("counters")));
  }
}
