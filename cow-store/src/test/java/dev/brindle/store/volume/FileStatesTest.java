package dev.brindle.store.volume;

import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.disk.FaultyDisk;
import java.lang.management.ManagementFactory;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** Memory knows nothing of a file that nobody has open and the tree knows all of. */
class FileStatesTest {
  private static final int FILES = 2_000;

  private interface Use {
    void of(WritableFileTree tree, long file) throws Exception;
  }

  @Test
  void filesThatWereWrittenAndClosed_leaveNothing() throws Exception {
    assertForgotten(
        (tree, file) -> {
          tree.hold(file);
          write(tree, file, 0, pattern(5_000, 1));
          tree.release(file);
        });
  }

  @Test
  void filesThatWereCutOrReservedByName_leaveNothing() throws Exception {
    assertForgotten(
        (tree, file) -> {
          tree.setattr(file, AttributeChange.ofSize(10_000));
          tree.fallocate(file, FallocateMode.ALLOCATE_KEEP_SIZE, 0, 20_000);
          tree.setattr(file, AttributeChange.ofSize(0));
        });
  }

  @Test
  void filesThatWereRemovedWhileOpen_leaveNothing() throws Exception {
    assertForgotten(
        (tree, file) -> {
          tree.hold(file);
          write(tree, file, 0, pattern(5_000, 1));
          tree.unlink(WritableFileTree.ROOT_INODE, name("f" + file));
          tree.fsync(file, false);
          tree.setattr(file, AttributeChange.ofSize(0));
          write(tree, file, 0, pattern(5_000, 1));
          tree.release(file);
        });
  }

  private static void assertForgotten(Use use) throws Exception {
    FaultyDisk disk = new FaultyDisk();
    Store.create(disk, StoreOptions.defaults());
    try (Store store = Store.open(disk, StoreOptions.defaults())) {
      WritableFileTree tree = store.open(store.createVolume(name("v"), 0, 0).id());
      long before = states();
      for (int i = 0; i < FILES; i++) {
        long file = file(tree, "new");
        tree.rename(
            WritableFileTree.ROOT_INODE,
            name("new"),
            WritableFileTree.ROOT_INODE,
            name("f" + file),
            WritableFileTree.RenameMode.REPLACE);
        use.of(tree, file);
      }
      store.checkpoint();
      long left = states() - before;
      assertTrue(left < FILES / 20, left + " files are still known");
      assertEquals(0, store.status().dirtyBytes());
    }
  }

  private static long states() throws Exception {
    String histogram =
        (String)
            ManagementFactory.getPlatformMBeanServer()
                .invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
    for (String line : histogram.split("\n")) {
      String[] words = line.trim().split("\\s+");
      if (words.length >= 4 && words[3].equals(FileState.class.getName())) {
        return Long.parseLong(words[1]);
      }
    }
    return 0;
  }
}
