package dev.brindle.store;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Much that is overwritten is let go before the next checkpoint's time has come. */
class DeadBlocksTest {
  private static final int MIB = 1 << 20;
  private static final long NEVER_MILLIS = 3_600_000;

  @Test
  void overwriting_ofManySegments_isFollowedByACheckpoint(@TempDir Path directory)
      throws IOException {
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
      for (int i = 0; i < 400; i++) {
        Arrays.fill(content, (byte) i);
        tree.write(file, (long) (i % 4) * MIB, ByteBuffer.wrap(content));
        tree.fsync(file, true);
        most = Math.max(most, store.status().deadBytes());
      }
      assertTrue(store.status().checkpoints() > before, "no checkpoint");
      assertTrue(most < 300 * MIB, most + " bytes were dead at a time");
      assertEquals(4 * MIB, tree.lookup(ROOT, name("f")).size());
    }
  }
}
