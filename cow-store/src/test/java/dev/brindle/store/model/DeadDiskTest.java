package dev.brindle.store.model;

import static dev.brindle.store.FileTree.ROOT_INODE;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.FileMode;
import dev.brindle.store.Name;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Fault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A disk that answers nothing but errors from some operation on: whoever writes or makes files is
 * refused when memory is full, and does not wait for ever.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DeadDiskTest {
  private static final int OPERATIONS = 120;
  private static final int PIECE_BYTES = 16 << 10;
  private static final StoreOptions OPTIONS = new StoreOptions(1 << 20, 1 << 20, 64 << 10, 20, 512);

  private interface Work {
    void run(WritableFileTree tree, int step) throws IOException;
  }

  @Test
  void writers_areRefused() throws IOException {
    for (int at = 0; at < OPERATIONS; at++) {
      isRefused(at, DeadDiskTest::write);
    }
  }

  @Test
  void makersOfFiles_areRefused() throws IOException {
    for (int at = 0; at < OPERATIONS; at += 10) {
      isRefused(at, DeadDiskTest::make);
    }
  }

  private static void isRefused(int at, Work work) throws IOException {
    FaultyDisk disk = new FaultyDisk();
    Store.create(disk, OPTIONS);
    Store store = Store.open(disk, OPTIONS);
    WritableFileTree tree = store.open(store.createVolume(Name.of("main"), 0, 0).id());
    disk.fail(disk.operations() + at, Fault.CRASH);
    IOException refused =
        assertThrows(
            IOException.class,
            () -> {
              for (int step = 0; step < 1_000_000; step++) {
                work.run(tree, step);
              }
            });
    assertNotNull(store.status().readOnlyReason(), refused.toString());
    assertTrue(disk.isCrashed());
    end(store);
  }

  private static void end(Store store) {
    try {
      store.close();
    } catch (IOException e) {
      // The disk is dead: there is nothing to be closed in order.
      return;
    }
  }

  private static void write(WritableFileTree tree, int step) throws IOException {
    Name name = Name.of("f" + step % 8);
    long inode =
        step < 8
            ? tree.create(ROOT_INODE, name, FileMode.REGULAR | 0644, 0, 0, 0).inode()
            : tree.lookup(ROOT_INODE, name).inode();
    tree.write(inode, (long) step * PIECE_BYTES, ByteBuffer.allocate(PIECE_BYTES));
  }

  private static void make(WritableFileTree tree, int step) throws IOException {
    tree.create(ROOT_INODE, Name.of("name" + step), FileMode.REGULAR | 0644, 0, 0, 0);
  }
}
