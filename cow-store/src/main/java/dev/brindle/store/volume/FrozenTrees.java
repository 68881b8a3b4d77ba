package dev.brindle.store.volume;

import java.io.Closeable;

/** The two trees of a comparison. */
record FrozenTrees(FrozenTree from, FrozenTree to) implements Closeable {
  @Override
  public void close() {
    from.close();
    to.close();
  }
}
