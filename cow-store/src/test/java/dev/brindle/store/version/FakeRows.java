package dev.brindle.store.version;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The deadlists' rows in a sorted map. */
final class FakeRows implements SortedRows {
  private record Key(long high, long offset) {}

  private final TreeMap<Key, byte[]> rows =
      new TreeMap<>(
          Comparator.comparing(Key::high, Long::compareUnsigned)
              .thenComparing(Key::offset, Long::compareUnsigned));

  FakeRows copy() {
    FakeRows copy = new FakeRows();
    copy.rows.putAll(rows);
    return copy;
  }

  int size() {
    return rows.size();
  }

  @Override
  public byte @Nullable [] get(long high, long offset) {
    return rows.get(new Key(high, offset));
  }

  @Override
  public @Nullable Row floor(long high, long offset) {
    return row(rows.floorEntry(new Key(high, offset)));
  }

  @Override
  public @Nullable Row ceiling(long high, long offset) {
    return row(rows.ceilingEntry(new Key(high, offset)));
  }

  private static @Nullable Row row(Map.@Nullable Entry<Key, byte[]> entry) {
    return entry == null
        ? null
        : new Row(entry.getKey().high, entry.getKey().offset, entry.getValue());
  }

  @Override
  public byte @Nullable [] put(long high, long offset, byte[] value) {
    return rows.put(new Key(high, offset), value);
  }

  @Override
  public byte @Nullable [] remove(long high, long offset) {
    return rows.remove(new Key(high, offset));
  }

  @Override
  public void clear() {
    rows.clear();
  }

  @Override
  public long root() {
    return 0;
  }
}
