package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.Store;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.XattrMode;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was acknowledged before a store is closed is there when it is opened again. */
final class CloseTest {
  private static final int SIZE = 10 << 20;
  private static final long ENOUGH = CrashRun.OPTIONS.nodeCacheBytesMax() / 2;

  /** One checkpoint has enough with the nodes, and leaves the files to the next one. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void filesThatWaitBehindManyNodes_areSaved(boolean withData) throws IOException {
    FaultyDisk disk = new FaultyDisk();
    Store.create(disk, CrashRun.OPTIONS);
    byte[] content = pattern(5_000, 1);
    byte[] attribute = pattern(60_000, 2);
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      WritableFileTree tree = store.open(store.createVolume(name("v"), 0, 0).id());
      long written = file(tree, "data");
      if (withData) {
        write(tree, written, 100_000, content);
      }
      tree.setattr(file(tree, "longer"), AttributeChange.ofSize(SIZE));
      // the next operation would have a checkpoint begun
      for (int i = 0; store.parts().nodes().dirtyBytes() <= ENOUGH; i++) {
        long other = file(tree, "other" + i);
        if (store.parts().nodes().dirtyBytes() <= ENOUGH) {
          tree.setxattr(other, name("user.a"), attribute, XattrMode.CREATE);
        }
      }
    }
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      WritableFileTree tree = store.open(store.volume("v").id());
      long data = tree.lookup(WritableFileTree.ROOT_INODE, name("data")).inode();
      long longer = tree.lookup(WritableFileTree.ROOT_INODE, name("longer")).inode();
      assertArrayEquals(
          withData ? content : new byte[0], read(tree, data, 100_000, content.length));
      assertEquals(SIZE, tree.getattr(longer).size());
    }
  }
}
