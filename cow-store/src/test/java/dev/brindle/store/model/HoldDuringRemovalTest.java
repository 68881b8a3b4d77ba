package dev.brindle.store.model;

import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.refused;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;

/**
 * A file of many extents is removed step by step: whoever comes meanwhile has all of it or nothing.
 */
class HoldDuringRemovalTest {
  private static final int EXTENTS = 6_000;
  private static final int BYTES = 4096;

  private final FaultyDisk disk = new FaultyDisk();
  private Store store;
  private WritableFileTree tree;

  @BeforeEach
  void createStore() throws IOException {
    StoreOptions options = StoreOptions.defaults();
    Store.create(disk, options);
    store = Store.open(disk, options);
    tree = store.open(store.createVolume(name("volume"), 0, 0).id());
  }

  @AfterEach
  void closeStore() throws IOException {
    store.close();
  }

  @RepeatedTest(5)
  void hold_besideAnUnlink_isRefusedOrHasTheWholeFile() throws IOException {
    long inode = largeFile();
    CompletableFuture<Void> removal = removal();
    boolean held = Outcome.of(() -> hold(inode)).succeeded();
    removal.join();
    if (held) {
      for (int i = 0; i < EXTENTS; i += 50) {
        assertArrayEquals(pattern(BYTES, i), read(tree, inode, 2L * i * BYTES, BYTES));
      }
      tree.release(inode);
    }
    refused(ENOENT, () -> tree.getattr(inode));
  }

  @RepeatedTest(5)
  void file_thatIsBeingRemoved_isGone() throws IOException {
    long inode = largeFile();
    CompletableFuture<Void> removal = removal();
    Outcome<Integer> links = Outcome.of(() -> tree.getattr(inode).linkCount());
    while (links.succeeded()) {
      assertEquals(1, links.value());
      links = Outcome.of(() -> tree.getattr(inode).linkCount());
    }
    assertEquals(ENOENT, links.errno());
    refused(ENOENT, () -> read(tree, inode, 0, BYTES));
    refused(ENOENT, () -> write(tree, inode, 0, pattern(BYTES, 0)));
    refused(ENOENT, () -> tree.hold(inode));
    removal.join();
  }

  private long largeFile() throws IOException {
    long inode = file(tree, "large");
    for (int i = 0; i < EXTENTS; i++) {
      write(tree, inode, 2L * i * BYTES, pattern(BYTES, i));
    }
    tree.sync();
    return inode;
  }

  private CompletableFuture<Void> removal() {
    return CompletableFuture.runAsync(
        () -> {
          try {
            tree.unlink(ROOT, name("large"));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private boolean hold(long inode) throws IOException {
    tree.hold(inode);
    return true;
  }
}
