package dev.brindle.store.version;

import dev.brindle.store.index.Table;
import java.io.IOException;

/** A table of the index, as far as the version tree needs one. */
interface RowTable {
  interface Visitor {
    void row(long key, byte[] value) throws IOException;
  }

  void forEach(Visitor visitor) throws IOException;

  void put(long key, byte[] value) throws IOException;

  void remove(long key) throws IOException;

  /** A table of the index itself. */
  static RowTable of(Table table) {
    return new RowTable() {
      @Override
      public void forEach(Visitor visitor) throws IOException {
        table.forEach(visitor::row);
      }

      @Override
      public void put(long key, byte[] value) throws IOException {
        table.put(key, value);
      }

      @Override
      public void remove(long key) throws IOException {
        table.remove(key);
      }
    };
  }
}
