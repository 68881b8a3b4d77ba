package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.check.Check;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.StallingDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Very many files were open without a name when a process died. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OrphanRemovalTest {
  /** Nothing is done by the way, and few nodes may be dirty. */
  private static final StoreOptions OPTIONS =
      new StoreOptions(256L << 10, 1L << 20, 4L << 20, 3_600_000, 64);

  /** To make them all without waiting for checkpoints. */
  private static final StoreOptions ROOMY =
      StoreOptions.defaults().withCheckpointIntervalMillis(3_600_000);

  private static final int THREADS = 4;
  private static final int ORPHANS = 10_000;

  /** The files that stay: the root, one, and one beside each orphan. */
  private static final int KEPT = 2 + ORPHANS;

  private FaultyDisk left = new FaultyDisk();

  /**
   * Leaves of inodes stay where each has some that stay, and are dirty: so many nodes that the
   * removal waits for a checkpoint long before its end.
   */
  @BeforeEach
  void leave() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    Store.create(disk, OPTIONS);
    try (Store store = Store.open(disk, ROOMY)) {
      WritableFileTree tree = store.open(store.createVolume(name("v"), 0, 0).id());
      write(tree, file(tree, "kept"), 0, pattern(100, 1));
      for (int i = 0; i < ORPHANS; i++) {
        tree.hold(file(tree, "open", "a text"));
        tree.unlink(ROOT, name("open"));
        file(tree, "beside" + i);
      }
      store.sync();
      store.checkpoint();
      left = disk.afterProcessDeath();
    }
  }

  private static void awaitFiles(WritableFileTree tree, long files) throws Exception {
    while (tree.statistics().inodes() != files) {
      Thread.sleep(10);
    }
  }

  @Test
  void volume_isThere_whileTheyAreRemoved() throws Exception {
    StallingDisk disk = new StallingDisk(left);
    try (Store store = Store.open(disk, OPTIONS)) {
      disk.stall();
      try {
        // no checkpoint comes through, so that the removal waits for one
        WritableFileTree tree = store.open(store.volume("v").id());
        tree.lookup(ROOT, name("kept"));
        assertTrue(tree.statistics().inodes() > KEPT + ORPHANS / 2, () -> "all removed");
      } finally {
        disk.goOn();
      }
      WritableFileTree tree = store.open(store.volume("v").id());
      long mine = file(tree, "mine", "open");
      tree.hold(mine);
      tree.unlink(ROOT, name("mine"));
      awaitFiles(tree, KEPT + 1);
      assertEquals(4, tree.getattr(mine).size());
      tree.release(mine);
      awaitFiles(tree, KEPT);
      assertEquals(List.of(), Check.run(store, true).problems());
    }
  }

  /** A hold ends in steps, and what this process made is its own until the last one. */
  @Test
  void whatIsHeldAndReleasedMeanwhile_isLeftToWhoHeldIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    AtomicBoolean stop = new AtomicBoolean();
    try (Store store = Store.open(left, OPTIONS)) {
      WritableFileTree tree = store.open(store.volume("v").id());
      List<Future<Void>> holders = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        String name = "mine" + i;
        holders.add(threads.submit(() -> holdAndRelease(tree, name, stop)));
      }
      while (tree.statistics().inodes() > KEPT + THREADS) {
        Thread.sleep(1);
      }
      Thread.sleep(500);
      stop.set(true);
      for (Future<Void> holder : holders) {
        holder.get();
      }
      awaitFiles(tree, KEPT);
      assertEquals(0, store.status().dirtyBytes());
    } finally {
      stop.set(true);
      threads.shutdown();
      assertTrue(threads.awaitTermination(30, TimeUnit.SECONDS));
    }
  }

  private static Void holdAndRelease(WritableFileTree tree, String name, AtomicBoolean stop)
      throws IOException {
    byte[] content = pattern(10_000, 2);
    while (!stop.get()) {
      long mine = file(tree, name);
      tree.hold(mine);
      tree.unlink(ROOT, name(name));
      write(tree, mine, 0, content);
      tree.release(mine);
    }
    return null;
  }

  @Test
  void removal_goesOnWhereItWasInterrupted() throws Exception {
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      StallingDisk disk = new StallingDisk(left);
      try (Store store = Store.open(disk, OPTIONS)) {
        disk.stall();
        try {
          counts.add(store.open(store.volume("v").id()).statistics().inodes());
        } finally {
          disk.goOn();
        }
      }
    }
    assertTrue(counts.get(0) > counts.get(2), counts::toString);
    try (Store store = Store.open(left, OPTIONS)) {
      WritableFileTree tree = store.open(store.volume("v").id());
      store.reclaim();
      assertEquals(KEPT, tree.statistics().inodes());
      assertEquals(List.of(), Check.run(store, true).problems());
    }
  }

  @Test
  void volumeThatIsDeletedMeanwhile_isGone() throws Exception {
    try (Store store = Store.open(left, OPTIONS)) {
      long volume = store.volume("v").id();
      store.open(volume);
      store.deleteVolume(volume, CloneDisposition.REFUSE);
      store.reclaim();
      assertEquals(List.of(), store.volumes());
      assertEquals(List.of(), Check.run(store, true).problems());
      assertEquals(0, store.status().deletions());
    }
  }
}
