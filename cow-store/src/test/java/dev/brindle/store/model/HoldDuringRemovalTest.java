package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.brindle.store.FileSystemException;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * A file of many extents is removed step by step: whoever opens it meanwhile has all or nothing.
 */
class HoldDuringRemovalTest {
  private static final int EXTENTS = 6_000;
  private static final int BYTES = 4096;

  @Test
  void hold_besideAnUnlink_isRefusedOrHasTheWholeFile() throws Exception {
    FaultyDisk disk = new FaultyDisk();
    StoreOptions options = StoreOptions.defaults();
    Store.create(disk, options);
    try (Store store = Store.open(disk, options)) {
      WritableFileTree tree = store.open(store.createVolume(name("volume"), 0, 0).id());
      for (int round = 0; round < 5; round++) {
        long inode = file(tree, "large");
        for (int i = 0; i < EXTENTS; i++) {
          write(tree, inode, 2L * i * BYTES, pattern(BYTES, i));
        }
        tree.sync();
        CompletableFuture<Void> removal =
            CompletableFuture.runAsync(
                () -> {
                  try {
                    tree.unlink(ROOT, name("large"));
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
        if (holdsOnceUnlinked(tree, inode)) {
          for (int i = 0; i < EXTENTS; i += 50) {
            assertArrayEquals(pattern(BYTES, i), read(tree, inode, 2L * i * BYTES, BYTES));
          }
          tree.release(inode);
        }
        removal.join();
      }
    }
  }

  /** False when it is gone, or going, before it could be held. */
  private static boolean holdsOnceUnlinked(WritableFileTree tree, long inode) throws Exception {
    try {
      while (tree.getattr(inode).linkCount() > 0) {
        Thread.onSpinWait();
      }
      tree.hold(inode);
      return true;
    } catch (FileSystemException e) {
      return false;
    }
  }
}
