package dev.brindle.namespace;

import org.junit.jupiter.api.Nested;

/** All of the namespace's tests once more, over the real store. */
class RealStoreTest {
  @Nested
  class Snapshots extends SnapshotDirectoryTest {
    @Override
    StoreKind kind() {
      return StoreKind.STORE;
    }
  }

  @Nested
  class Clones extends CloneDirectoryTest {
    @Override
    StoreKind kind() {
      return StoreKind.STORE;
    }
  }

  @Nested
  class Numbers extends InodeNumbersTest {
    @Override
    StoreKind kind() {
      return StoreKind.STORE;
    }
  }

  @Nested
  class Permissions extends SnapshotPermissionsTest {
    @Override
    StoreKind kind() {
      return StoreKind.STORE;
    }
  }

  @Nested
  class OpenFiles extends OpenFilesTest {
    @Override
    StoreKind kind() {
      return StoreKind.STORE;
    }
  }

  @Nested
  class RemovedNodes extends RemovedTest {
    @Override
    StoreKind kind() {
      return StoreKind.STORE;
    }
  }

  @Nested
  class LostNames extends LostNameTest {
    @Override
    StoreKind kind() {
      return StoreKind.STORE;
    }
  }

  @Nested
  class Concurrent extends ConcurrentMountTest {
    @Override
    StoreKind kind() {
      return StoreKind.STORE;
    }
  }
}
