package dev.brindle.namespace;

import dev.brindle.store.Name;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/** The stores that each test of the namespace runs over. */
enum StoreKind {
  /** {@link FakeStore}. */
  FAKE {
    @Override
    Opened open(Path directory) {
      FakeStore store = new FakeStore();
      return new Opened(store, store.createVolume("main", OWNER, OWNER), () -> {});
    }
  },

  /** A store on the host's disk, with small segments. */
  STORE {
    @Override
    Opened open(Path directory) throws IOException {
      StoreOptions options = StoreOptions.defaults().withSegmentBlocks(256);
      Store.create(directory, options);
      Store store = Store.open(directory, options);
      long volume = store.createVolume(Name.of("main"), OWNER, OWNER).id();
      return new Opened(new StoreAdapter(store, KernelCache.NONE), volume, store);
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
