package dev.brindle.store.tree;

import dev.brindle.store.index.Index;
import java.io.IOException;

/** Nodes as records of the index. */
record IndexRecords(Index index) implements NodeRecords {
  @Override
  public long allocate() {
    return index.allocate();
  }

  @Override
  public byte[] get(long id) throws IOException {
    return index.get(id);
  }

  @Override
  public void put(long id, byte[] bytes) throws IOException {
    index.put(id, bytes);
  }

  @Override
  public void delete(long id) throws IOException {
    index.delete(id);
  }
}
