package dev.brindle.store;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Much that is overwritten is let go before the next checkpoint's time has come. */
class DeadBlocksTest {
  private static final int MIB = 1 << 20;
  private static final long NEVER_MILLIS = 3_600_000;

  /** The writer, who waits for nobody, lets the checkpointer come along after so many. */
  private static final int PAUSE_ROUNDS = 50;

  @Test
  void overwriting_ofManySegments_isFollowedByACheckpoint(@TempDir Path directory)
      throws Exception {
    StoreOptions options =
        StoreOptions.defaults().withSegmentBlocks(256).withCheckpointIntervalMillis(NEVER_MILLIS);
    Store.create(directory.resolve("store"), options);
    try (Store store = Store.open(directory.resolve("store"), options)) {
      store.createVolume(name("main"), 0, 0);
      WritableFileTree tree = store.open(store.volume("main").id());
      long file = file(tree, "f");
      long before = store.status().checkpoints();
      byte[] content = new byte[MIB];
      long most = 0;
      long checkpoints = before;
      for (int i = 0; i < 400; i++) {
        Arrays.fill(content, (byte) i);
        tree.write(file, (long) (i % 4) * MIB, ByteBuffer.wrap(content));
        tree.fsync(file, true);
        most = Math.max(most, store.status().deadBytes());
        if (i % PAUSE_ROUNDS == PAUSE_ROUNDS - 1) {
          checkpoints = awaitCheckpoint(store, checkpoints);
        }
      }
      assertTrue(store.status().checkpoints() > before, "no checkpoint");
      assertTrue(most < 300 * MIB, most + " bytes were dead at a time");
      assertEquals(4 * MIB, tree.lookup(ROOT, name("f")).size());
    }
  }

  /** Waits until there are more, for half a minute; how many there are then. */
  private static long awaitCheckpoint(Store store, long checkpoints) throws Exception {
    long start = System.nanoTime();
    while (store.status().checkpoints() == checkpoints
        && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(30)) {
      Thread.sleep(5);
    }
    return store.status().checkpoints();
  }
}
