package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.check.Check;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Loss;
import dev.brindle.store.disk.SlowDisk;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A store is closed while its threads are at work and wait for each other: the one that frees a
 * snapshot and the one that flushes for the checkpoints that they make necessary.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CloseAtWorkTest {
  private static final int ROUNDS = Boolean.getBoolean("brindle.full") ? 200 : 8;
  private static final int PAGE = 4096;
  private static final int PAGES = 4_000;

  /** So few nodes may be dirty that each step of a flush makes a checkpoint necessary. */
  private static final StoreOptions TIGHT =
      new StoreOptions(128L << 10, 1L << 20, 1L << 20, 3_600_000, 64);

  private static final FaultyDisk LEFT = new FaultyDisk();

  /** A file in many pieces, and a snapshot with as many that are its own. */
  @BeforeAll
  static void makeStore() throws IOException {
    Store.create(LEFT, TIGHT);
    StoreOptions roomy = StoreOptions.defaults();
    try (Store store = Store.open(LEFT, roomy)) {
      long volume = store.createVolume(name("v"), 0, 0).id();
      WritableFileTree tree = store.open(volume);
      long file = file(tree, "f");
      for (int page = 0; page < PAGES; page++) {
        write(tree, file, offset(page), pattern(PAGE, 0));
      }
      store.createSnapshot(volume, name("s"));
      for (int page = 0; page < PAGES; page++) {
        write(tree, file, offset(page), pattern(PAGE, 1));
      }
    }
  }

  /** No two pages are one piece. */
  private static long offset(int page) {
    return 2L * PAGE * page;
  }

  @Test
  void close_atAnyMoment_endsAndKeepsAll() throws Exception {
    long base = Long.getLong("brindle.seed", System.nanoTime());
    System.out.println("CloseAtWorkTest seed " + base);
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(base + round);
      FaultyDisk disk = LEFT.afterProcessDeath();
      int[] seeds = new int[PAGES];
      Arrays.fill(seeds, 1);
      try (Store store = Store.open(new SlowDisk(disk), TIGHT)) {
        long volume = store.volume("v").id();
        WritableFileTree tree = store.open(volume);
        long file = tree.lookup(ROOT, name("f")).inode();
        store.deleteSnapshot(store.snapshots(volume).get(0).version());
        for (int i = 150 + random.nextInt(300); i > 0; i--) {
          int page = random.nextInt(PAGES);
          seeds[page] = i;
          write(tree, file, offset(page), pattern(PAGE, i));
        }
        Thread.sleep(random.nextInt(30));
      }
      try (Store again = Store.open(disk.afterCrash(Loss.ALL_UNSYNCED, new Random(1)), TIGHT)) {
        verify(again, seeds);
      }
    }
  }

  private static void verify(Store store, int[] seeds) throws IOException {
    long volume = store.volume("v").id();
    assertEquals(List.of(), store.snapshots(volume));
    WritableFileTree tree = store.open(volume);
    long file = tree.lookup(ROOT, name("f")).inode();
    for (int page = 0; page < PAGES; page++) {
      assertArrayEquals(pattern(PAGE, seeds[page]), read(tree, file, offset(page), PAGE));
    }
    store.reclaim();
    assertEquals(List.of(), Check.run(store, true).problems());
  }
}
