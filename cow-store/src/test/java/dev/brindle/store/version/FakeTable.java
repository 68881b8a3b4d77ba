package dev.brindle.store.version;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** A table of the index that holds what was written to it. */
final class FakeTable implements RowTable {
  final TreeMap<Long, byte[]> rows = new TreeMap<>();

  static CatalogueTables three() {
    return new CatalogueTables(new FakeTable(), new FakeTable(), new FakeTable());
  }

  @Override
  public void forEach(Visitor visitor) throws IOException {
    for (Map.Entry<Long, byte[]> row : rows.entrySet()) {
      visitor.row(row.getKey(), row.getValue());
    }
  }

  @Override
  public void put(long key, byte[] value) {
    rows.put(key, value);
  }

  @Override
  public void remove(long key) {
    rows.remove(key);
  }
}
