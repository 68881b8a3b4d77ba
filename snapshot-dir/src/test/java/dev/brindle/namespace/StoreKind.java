package dev.brindle.namespace;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** The stores that each test of the namespace runs over. */
enum StoreKind {
  FAKE {
    @Override
    Opened open(Path directory) {
      FakeStore store = new FakeStore();
      return new Opened(store, store.createVolume("main", OWNER, OWNER), () -> {});
    }
  };

  /** Who owns the root of the volume. */
  static final int OWNER = 1000;

  abstract Opened open(Path directory) throws IOException;

  record Opened(VersionedStore store, long volume, Closeable end) implements Closeable {
    @Override
    public void close() throws IOException {
      end.close();
    }
  }
}
