package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.write;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.XattrMode;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Loss;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A checkpoint that has enough with its nodes leaves file data and sizes to the next one, and that
 * may have enough, too. In the end they are durable, though nobody asks for it.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LeftByCheckpointsTest {
  private static final StoreOptions OPTIONS = CrashRun.OPTIONS.withCheckpointIntervalMillis(500);

  private static final long ENOUGH = OPTIONS.nodeCacheBytesMax() / 2;
  private static final int FILES = 200;
  private static final int SIZE = 10 << 20;
  private static final byte[] ATTRIBUTE = pattern(60_000, 2);

  private final FaultyDisk disk = new FaultyDisk();

  private long sizeAfterCrash() throws IOException {
    try (Store store = Store.open(disk.afterCrash(Loss.ALL_UNSYNCED, new Random(1)), OPTIONS)) {
      WritableFileTree tree = store.open(store.volume("v").id());
      long file = tree.lookup(WritableFileTree.ROOT_INODE, name("file")).inode();
      return tree.getattr(file).size();
    }
  }

  private void awaitDurable(long size) throws Exception {
    while (sizeAfterCrash() != size) {
      Thread.sleep(100);
    }
  }

  /** Has one checkpoint after the other begun, each with more than enough. */
  private static Void change(Store store, WritableFileTree tree, long[] files, AtomicBoolean stop)
      throws IOException {
    for (int i = 0; !stop.get(); i++) {
      boolean enough = store.parts().nodes().dirtyBytes() > ENOUGH;
      long checkpoints = store.status().checkpoints();
      tree.setxattr(files[i % FILES], name("user.a"), ATTRIBUTE, XattrMode.CREATE_OR_REPLACE);
      while (enough && !stop.get() && store.status().checkpoints() == checkpoints) {
        Thread.onSpinWait();
      }
    }
    return null;
  }

  @Test
  void dataBesideChangesWithoutEnd_isDurableInTheEnd() throws Exception {
    Store.create(disk, OPTIONS);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    AtomicBoolean stop = new AtomicBoolean();
    try (Store store = Store.open(disk, OPTIONS)) {
      WritableFileTree tree = store.open(store.createVolume(name("v"), 0, 0).id());
      long data = file(tree, "file");
      long[] files = new long[FILES];
      for (int i = 0; i < FILES; i++) {
        files[i] = file(tree, "other" + i);
      }
      Future<Void> changes = thread.submit(() -> change(store, tree, files, stop));
      long before = store.status().checkpoints();
      while (store.status().checkpoints() < before + 2) {
        Thread.sleep(1);
      }
      write(tree, data, 100_000, pattern(5_000, 1));
      while (store.status().dirtyBytes() > 0) {
        Thread.sleep(10);
      }
      stop.set(true);
      changes.get();
      awaitDurable(105_000);
    } finally {
      stop.set(true);
      thread.shutdown();
      thread.awaitTermination(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void sizeThatIsLeft_isDurableInTheEnd_inAStoreThatRests() throws Exception {
    Store.create(disk, OPTIONS);
    try (Store store = Store.open(disk, OPTIONS)) {
      WritableFileTree tree = store.open(store.createVolume(name("v"), 0, 0).id());
      long file = file(tree, "file");
      store.checkpoint();
      tree.setattr(file, AttributeChange.ofSize(SIZE));
      for (int i = 0; store.parts().nodes().dirtyBytes() <= ENOUGH; i++) {
        tree.setxattr(file(tree, "other" + i), name("user.a"), ATTRIBUTE, XattrMode.CREATE);
      }
      // this has the checkpoint begun
      file(tree, "last");
      awaitDurable(SIZE);
    }
  }
}
