package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class SparesTest {
  private static final int BLOCKS = 256;

  private final FaultyDisk disk = new FaultyDisk();
  private final StoreId store = new StoreId(1, 2);

  /** The cleaner, for which there is no room, must not take what an append counts on. */
  @Test
  void giveUp_leavesWhatIsPromised() throws IOException {
    disk.createDirectory(LogFormat.DIRECTORY);
    try (OpenSegments files = new OpenSegments(disk, store, BLOCKS)) {
      Spares spares = new Spares(disk, store, BLOCKS, files, null, 1);
      spares.ensure(3);
      spares.promise(2);
      assertTrue(spares.giveUp());
      assertFalse(spares.giveUp());
      assertEquals(1, spares.take().number());
      assertFalse(spares.giveUp());
      spares.endPromise();
      assertTrue(spares.giveUp());
      assertFalse(spares.giveUp());
    }
  }
}
