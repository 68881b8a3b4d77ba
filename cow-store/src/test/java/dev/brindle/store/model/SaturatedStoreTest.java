package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.Name;
import dev.brindle.store.Store;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Loss;
import dev.brindle.store.disk.SlowDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Beside writers who overwrite a file at random, faster than the disk takes it, so that as much as
 * may be dirty always is: whatever needs the file's data in the log has an end, and has it durable
 * then where that is promised.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SaturatedStoreTest {
  private static final int PAGE = 4096;
  private static final int WRITERS = 3;

  /** Four times what may be dirty. */
  private static final int PAGES = (int) (4 * CrashRun.OPTIONS.dirtyBytesMax() / PAGE);

  private static final int TIMES = 5;

  private enum Call {
    FSYNC,
    SYNC,
    CHECKPOINT,
    SNAPSHOT,
    CLONE,
    ALLOCATE,
    SEEK;

    boolean makesDurable() {
      return this != ALLOCATE && this != SEEK;
    }

    void run(Store store, WritableFileTree tree, long file, int number) throws IOException {
      switch (this) {
        case FSYNC -> tree.fsync(file, false);
        case SYNC -> tree.sync();
        case CHECKPOINT -> store.checkpoint();
        case SNAPSHOT -> store.createSnapshot(store.volume("v").id(), Name.of("s" + number));
        case CLONE -> store.cloneVolume(store.volume("v").id(), Name.of("c" + number));
        case ALLOCATE -> tree.fallocate(file, FallocateMode.ALLOCATE_KEEP_SIZE, 0, PAGE);
        case SEEK -> tree.seek(file, 0, Seek.HOLE);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Call.class)
  void call_thatNeedsTheData_ends(Call call) throws Exception {
    FaultyDisk disk = new FaultyDisk();
    FaultyDisk left = disk;
    Store.create(disk, CrashRun.OPTIONS);
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
    AtomicBoolean stop = new AtomicBoolean();
    byte[] last = pattern(PAGE, 2);
    try (Store store = Store.open(new SlowDisk(disk), CrashRun.OPTIONS)) {
      WritableFileTree tree = store.open(store.createVolume(name("v"), 0, 0).id());
      long file = file(tree, "f");
      tree.setattr(file, AttributeChange.ofSize((PAGES + 1L) * PAGE));
      List<Future<?>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        Random random = new Random(i);
        writers.add(threads.submit(() -> overwrite(tree, file, random, stop)));
      }
      while (store.status().dirtyBytes() < CrashRun.OPTIONS.dirtyBytesMax() / 2) {
        Thread.sleep(1);
      }
      for (int i = 0; i < TIMES; i++) {
        write(tree, file, (long) PAGES * PAGE, last);
        call.run(store, tree, file, i);
        if (i == 0 && call.makesDurable()) {
          left = disk.afterCrash(Loss.ALL_UNSYNCED, new Random(1));
        }
      }
      stop.set(true);
      for (Future<?> writer : writers) {
        writer.get();
      }
    } finally {
      stop.set(true);
      threads.shutdown();
      assertTrue(threads.awaitTermination(30, TimeUnit.SECONDS));
    }
    try (Store again =
        Store.open(left.afterCrash(Loss.ALL_UNSYNCED, new Random(1)), CrashRun.OPTIONS)) {
      WritableFileTree tree = again.open(again.volume("v").id());
      long file = tree.lookup(WritableFileTree.ROOT_INODE, name("f")).inode();
      assertArrayEquals(last, read(tree, file, (long) PAGES * PAGE, PAGE));
    }
  }

  private static Void overwrite(WritableFileTree tree, long file, Random random, AtomicBoolean stop)
      throws IOException {
    byte[] bytes = pattern(PAGE, 1);
    while (!stop.get()) {
      write(tree, file, (long) random.nextInt(PAGES) * PAGE, bytes);
    }
    return null;
  }
}
