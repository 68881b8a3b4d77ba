package dev.brindle.store.log;

import dev.brindle.store.index.Table;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A table in memory; a copy of it is what a checkpoint left. */
final class MapTable implements Table {
  private final TreeMap<Long, byte[]> rows;

  MapTable() {
    this(new TreeMap<>());
  }

  private MapTable(TreeMap<Long, byte[]> rows) {
    this.rows = rows;
  }

  MapTable copy() {
    return new MapTable(new TreeMap<>(rows));
  }

  int size() {
    return rows.size();
  }

  @Override
  public String name() {
    return "segments";
  }

  @Override
  public byte @Nullable [] get(long key) {
    return rows.get(key);
  }

  @Override
  public void put(long key, byte[] row) {
    rows.put(key, row.clone());
  }

  @Override
  public void remove(long key) {
    rows.remove(key);
  }

  @Override
  public void forEach(RowVisitor visitor) throws IOException {
    for (Map.Entry<Long, byte[]> row : rows.entrySet()) {
      visitor.row(row.getKey(), row.getValue());
    }
  }

  @Override
  public void forEachSound(RowVisitor visitor, DamageVisitor damage) throws IOException {
    forEach(visitor);
  }

  @Override
  public void clear() {
    rows.clear();
  }
}
