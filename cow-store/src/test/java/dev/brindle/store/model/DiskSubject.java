package dev.brindle.store.model;

import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.util.Random;

/**
 * A real store on a disk in memory. Its crash is one of the host's, which loses any part of what
 * was not synced, or in one of four cases the death of the process, which loses nothing written.
 */
final class DiskSubject implements Subject {
  private final StoreOptions options;
  private FaultyDisk disk = new FaultyDisk();
  private CoreStore store;

  DiskSubject(StoreOptions options) throws IOException {
    this.options = options;
    Store.create(disk, options);
    store = new CoreStore(Store.open(disk, options));
  }

  @Override
  public VersionedStore store() {
    return store;
  }

  @Override
  public void reopen() throws IOException {
    store.close();
    store = new CoreStore(Store.open(disk, options));
  }

  @Override
  public void crash(long seed) throws IOException {
    Random random = new Random(seed);
    FaultyDisk left = random.nextInt(4) == 0 ? disk.afterProcessDeath() : disk.afterCrash(random);
    store.close();
    disk = left;
    store = new CoreStore(Store.open(disk, options));
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
