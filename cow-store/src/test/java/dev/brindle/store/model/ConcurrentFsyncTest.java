package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.Store;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Loss;
import dev.brindle.store.disk.SlowDisk;
import dev.brindle.store.disk.StallingDisk;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An {@code fsync} that waits for another one, while the same file is written. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConcurrentFsyncTest {
  private static final int PAGE = 4096;

  private final FaultyDisk disk = new FaultyDisk();
  private final StallingDisk stalling = new StallingDisk(disk);

  private interface Step {
    void run() throws IOException;
  }

  /** What was written before the call is durable after it, whatever comes to stand before it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 17, 100})
  void pages_thatAreWrittenMeanwhile_doNotTakeThePlaceOfThoseThatWereThere(int written)
      throws Exception {
    byte[] before = pattern(PAGE, 1);
    byte[] meanwhile = pattern(written * PAGE, 2);
    crashAfter(
        (tree, file) -> write(tree, file, 1000 * PAGE, before),
        (tree, file) -> write(tree, file, 5 * PAGE, meanwhile),
        (tree, file) -> assertArrayEquals(before, read(tree, file, 1000 * PAGE, PAGE)));
  }

  /**
   * An fsync has an end, though another thread never stops to write in front of it, faster than the
   * disk takes it.
   */
  @Test
  void fsync_besideAWriterThatNeverStops_ends() throws Exception {
    Store.create(disk, CrashRun.OPTIONS);
    ExecutorService threads = Executors.newFixedThreadPool(1);
    AtomicBoolean stop = new AtomicBoolean();
    try (Store store = Store.open(new SlowDisk(disk), CrashRun.OPTIONS)) {
      WritableFileTree tree = store.open(store.createVolume(name("v"), 0, 0).id());
      long file = file(tree, "f");
      write(tree, file, 2_000L * PAGE, pattern(PAGE, 1));
      CountDownLatch begun = new CountDownLatch(1);
      Future<?> writer =
          start(
              threads,
              () -> {
                byte[] bytes = pattern(PAGE, 2);
                for (long i = 0; !stop.get(); i++) {
                  write(tree, file, i % 1_000 * PAGE, bytes);
                  begun.countDown();
                }
              });
      begun.await();
      for (int i = 0; i < 10; i++) {
        tree.fsync(file, false);
      }
      stop.set(true);
      writer.get(30, TimeUnit.SECONDS);
    } finally {
      stop.set(true);
      threads.shutdown();
      assertTrue(threads.awaitTermination(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void size_thatWasSetBefore_isDurable() throws Exception {
    crashAfter(
        (tree, file) -> {
          write(tree, file, 0, "x");
          tree.setattr(file, AttributeChange.ofSize(1000 * PAGE));
        },
        (tree, file) -> write(tree, file, 5 * PAGE, pattern(40 * PAGE, 2)),
        (tree, file) -> assertEquals(1000 * PAGE, tree.getattr(file).size()));
  }

  private interface OnFile {
    void run(WritableFileTree tree, long file) throws IOException;
  }

  /**
   * @param after sees the file as it is when the host has crashed after the call
   */
  private void crashAfter(OnFile before, OnFile meanwhile, OnFile after) throws Exception {
    Store.create(stalling, CrashRun.OPTIONS);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    FaultyDisk crashed;
    try (Store store = Store.open(stalling, CrashRun.OPTIONS)) {
      WritableFileTree tree = store.open(store.createVolume(name("v"), 0, 0).id());
      long file = file(tree, "f");
      long other = file(tree, "g", "of another");
      before.run(tree, file);
      stalling.stall();
      Future<?> first = start(threads, () -> tree.fsync(other, false));
      while (stalling.waiting() == 0) {
        Thread.sleep(1);
      }
      Thread[] waiting = new Thread[1];
      Future<?> second =
          start(
              threads,
              () -> {
                waiting[0] = Thread.currentThread();
                tree.fsync(file, false);
              });
      while (waiting[0] == null || waiting[0].getState() != Thread.State.WAITING) {
        Thread.sleep(1);
      }
      meanwhile.run(tree, file);
      stalling.goOn();
      first.get(30, TimeUnit.SECONDS);
      second.get(30, TimeUnit.SECONDS);
      crashed = disk.afterCrash(Loss.ALL_UNSYNCED, new Random(1));
    } finally {
      stalling.goOn();
      threads.shutdown();
      assertTrue(threads.awaitTermination(30, TimeUnit.SECONDS));
    }
    try (Store again = Store.open(crashed, CrashRun.OPTIONS)) {
      WritableFileTree tree = again.open(again.volume("v").id());
      after.run(tree, tree.lookup(WritableFileTree.ROOT_INODE, name("f")).inode());
    }
  }

  private static Future<?> start(ExecutorService threads, Step step) {
    return threads.submit(
        () -> {
          step.run();
          return null;
        });
  }
}
