package dev.brindle.store;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A change of several attributes is one operation: no snapshot comes in between. */
class AttributesAtOnceTest {
  private static final int SNAPSHOTS = 100;
  private static final int SHORT = 5;
  private static final int OPEN_MODE = 0644;
  private static final int CLOSED_MODE = 0600;

  @TempDir Path directory;

  @Test
  void setattr_ofSizeAndMode_isSeenWholeByEverySnapshot() throws Exception {
    Path path = directory.resolve("store");
    Store.create(path, StoreOptions.defaults().withSegmentBlocks(1024));
    try (Store store = Store.open(path, StoreOptions.defaults())) {
      long main = store.createVolume(name("main"), 0, 0).id();
      WritableFileTree tree = store.open(main);
      long file = file(tree, "f");
      AtomicBoolean stop = new AtomicBoolean();
      CountDownLatch begun = new CountDownLatch(1);
      CompletableFuture<Void> changes =
          CompletableFuture.runAsync(() -> changeUntil(stop, tree, file, begun));
      int seen = 0;
      try {
        assertTrue(begun.await(60, TimeUnit.SECONDS), "no changes");
        for (int i = 0; i < SNAPSHOTS; i++) {
          long version = store.createSnapshot(main, name("s" + i)).version();
          InodeAttributes then = store.openSnapshot(version).lookup(ROOT, name("f"));
          boolean isShort = then.size() == SHORT;
          boolean isOpen = (then.mode() & FileMode.PERMISSION_MASK) == OPEN_MODE;
          assertFalse(isShort && isOpen, "snapshot " + i + ": the size without the mode");
          seen += isShort ? 1 : 0;
        }
      } finally {
        stop.set(true);
      }
      assertTrue(seen > 0, "no snapshot has the short file");
      changes.get(60, TimeUnit.SECONDS);
      assertEquals(SNAPSHOTS, store.snapshots(main).size());
    }
  }

  private static void changeUntil(
      AtomicBoolean stop, WritableFileTree tree, long file, CountDownLatch begun) {
    try {
      while (!stop.get()) {
        write(tree, file, 0, "ten bytes!");
        tree.setattr(file, AttributeChange.ofMode(OPEN_MODE));
        tree.setattr(
            file, new AttributeChange(CLOSED_MODE, null, null, (long) SHORT, null, null, null));
        begun.countDown();
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
