package dev.brindle.store.index;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A table each of whose rows is in a second table as well; {@link TwinTables} says why. */
final class TwinTable implements Table {
  private final Table first;
  private final Table second;
  private final int kind;

  TwinTable(Table first, Table second, int kind) {
    this.first = first;
    this.second = second;
    this.kind = kind;
  }

  Table first() {
    return first;
  }

  void putSecond(long key, byte[] row) throws IOException {
    second.put(TwinTables.secondKey(key, kind), row);
  }

  @Override
  public String name() {
    return first.name();
  }

  @Override
  public byte @Nullable [] get(long key) throws IOException {
    return first.get(key);
  }

  @Override
  public void put(long key, byte[] row) throws IOException {
    first.put(key, row);
    putSecond(key, row);
  }

  @Override
  public void remove(long key) throws IOException {
    first.remove(key);
    second.remove(TwinTables.secondKey(key, kind));
  }

  @Override
  public void forEach(RowVisitor visitor) throws IOException {
    first.forEach(visitor);
  }

  @Override
  public void forEachSound(RowVisitor visitor, DamageVisitor damage) throws IOException {
    first.forEachSound(visitor, damage);
  }

  @Override
  public void clear() {
    throw new UnsupportedOperationException("twins are cleared together");
  }
}
