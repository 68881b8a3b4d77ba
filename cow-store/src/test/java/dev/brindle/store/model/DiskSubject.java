package dev.brindle.store.model;

import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Fault;
import java.io.IOException;
import java.util.Random;

/**
 * A real store on a disk in memory. Its crash is one of the host's, which loses any part of what
 * was not synced, or in one of four cases the death of the process, which loses nothing written.
 * The recovery may be interrupted by further crashes.
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

  StoreOptions options() {
    return options;
  }

  /** The disk under the store; another one after a crash. */
  FaultyDisk disk() {
    return disk;
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
  public boolean planCrash(int operations) {
    disk.fail(disk.operations() + operations, Fault.CRASH);
    return true;
  }

  @Override
  public boolean hasCrashed() {
    return disk.isCrashed() || disk.hasFailed();
  }

  @Override
  public void crash(long seed) throws IOException {
    Random random = new Random(seed);
    FaultyDisk left = random.nextInt(4) == 0 ? disk.afterProcessDeath() : disk.afterCrash(random);
    closeAfterCrash();
    disk = left;
    while (random.nextInt(3) == 0) {
      crashWhileOpening(random);
    }
    disk.clearFaults();
    store = new CoreStore(Store.open(disk, options));
  }

  private void closeAfterCrash() throws IOException {
    try {
      store.close();
    } catch (IOException e) {
      if (!hasCrashed()) {
        throw e;
      }
    }
  }

  /** Recovery is interrupted by another crash, or not, when it needs fewer operations. */
  private void crashWhileOpening(Random random) throws IOException {
    disk.clearFaults();
    planCrash(random.nextInt(25));
    try {
      store = new CoreStore(Store.open(disk, options));
    } catch (IOException e) {
      if (!disk.isCrashed()) {
        throw e;
      }
      disk = disk.afterCrash(random);
      return;
    }
    FaultyDisk left = disk.afterCrash(random);
    closeAfterCrash();
    disk = left;
  }

  @Override
  public void close() throws IOException {
    closeAfterCrash();
  }
}
