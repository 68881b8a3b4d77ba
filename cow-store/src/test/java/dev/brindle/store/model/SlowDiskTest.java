package dev.brindle.store.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.XattrMode;
import dev.brindle.store.check.Check;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.StallingDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A disk that takes nothing for as long as it likes: writers and makers of files wait when they
 * have filled what memory is theirs, readers do not wait, and all go on with the disk.
 */
final class SlowDiskTest {
  private static final int THREADS = 6;
  private static final int PIECE_BYTES = 64 << 10;
  private static final long DIRTY_BYTES_MAX = 4 << 20;
  private static final long NODE_CACHE_BYTES = 2 << 20;
  private static final int ATTRIBUTE_BYTES = 60_000;

  /** What threads may add at once to what makes all of them wait. */
  private static final long NODE_BYTES_MAX = NODE_CACHE_BYTES + (1 << 20);

  /** As much as waits at the most, twice: once in the hands of who writes it to the log. */
  private static final long REDO_BYTES_MAX = (2 * 32 << 20) + (1 << 20);

  private static final byte[] SMALL = {1, 2, 3};
  private static final long DEADLINE_SECONDS = 60;
  private static final StoreOptions OPTIONS =
      new StoreOptions(NODE_CACHE_BYTES, 1 << 20, DIRTY_BYTES_MAX, 20, 1024);

  private final FaultyDisk backing = new FaultyDisk();
  private final StallingDisk disk = new StallingDisk(backing);
  private final List<Thread> threads = new ArrayList<>();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong done = new AtomicLong();
  private Store store;
  private WritableFileTree tree;

  private interface Task {
    void run() throws IOException;
  }

  @BeforeEach
  void open() throws IOException {
    Store.create(disk, OPTIONS);
    store = Store.open(disk, OPTIONS);
    tree = store.open(store.createVolume(Name.of("main"), 0, 0).id());
  }

  @AfterEach
  void close() throws IOException {
    disk.goOn();
    store.close();
  }

  private long create(String name) throws IOException {
    return tree.create(FileTree.ROOT_INODE, Name.of(name), FileMode.REGULAR | 0644, 0, 0, 0)
        .inode();
  }

  private static byte[] piece(int thread, int number) {
    byte[] bytes = new byte[PIECE_BYTES];
    Arrays.fill(bytes, (byte) (31 * thread + number));
    return bytes;
  }

  private void begin(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException | RuntimeException | Error e) {
                failures.add(e);
              }
            });
    threads.add(thread);
    thread.start();
  }

  private void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(failures.isEmpty(), failures::toString);
      assertTrue(System.nanoTime() < deadline, what);
      Thread.sleep(5);
    }
  }

  private boolean allWait() {
    return threads.stream()
        .allMatch(
            thread ->
                thread.getState() == Thread.State.WAITING
                    || thread.getState() == Thread.State.TIMED_WAITING);
  }

  /** All wait now, and have not got on since they did a while ago. */
  private void awaitStandstill() throws InterruptedException {
    long[] before = {-1};
    int[] still = {0};
    await(
        "the writers do not wait",
        () -> {
          still[0] = allWait() && done.get() == before[0] ? still[0] + 1 : 0;
          before[0] = done.get();
          return still[0] == 40;
        });
  }

  private void awaitEnd() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(DEADLINE_SECONDS));
      assertFalse(thread.isAlive(), () -> List.of(thread.getStackTrace()).toString());
    }
    assertTrue(failures.isEmpty(), failures::toString);
  }

  @Test
  void writers_waitAtTheBound_andReadersDoNot() throws Exception {
    int pieces = (int) (4 * DIRTY_BYTES_MAX / PIECE_BYTES / THREADS);
    long first = create("first");
    tree.write(first, 0, ByteBuffer.wrap(piece(9, 9)));
    store.sync();
    long[] files = new long[THREADS];
    for (int i = 0; i < THREADS; i++) {
      files[i] = create("file" + i);
    }
    disk.stall();
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      begin(
          () -> {
            for (int n = 0; n < pieces; n++) {
              long offset = (long) n * PIECE_BYTES;
              tree.write(files[thread], offset, ByteBuffer.wrap(piece(thread, n)));
              done.incrementAndGet();
            }
            tree.fsync(files[thread], false);
          });
    }
    awaitStandstill();
    assertTrue(disk.waiting() > 0, "nothing was asked of the disk");
    assertTrue(done.get() > 0, "nothing was taken");
    long bound = DIRTY_BYTES_MAX + (long) THREADS * PIECE_BYTES;
    assertTrue(done.get() * PIECE_BYTES <= bound, () -> done + " pieces were taken");
    assertTrue(store.status().dirtyBytes() <= bound, () -> "too much waits in memory");
    assertArrayEquals(piece(9, 9), read(first, 0));
    assertEquals(first, tree.lookup(FileTree.ROOT_INODE, Name.of("first")).inode());

    disk.goOn();
    awaitEnd();
    for (int i = 0; i < THREADS; i++) {
      for (int n = 0; n < pieces; n++) {
        assertArrayEquals(piece(i, n), read(files[i], (long) n * PIECE_BYTES));
      }
    }
    assertEquals(List.of(), Check.run(store, true).problems());
  }

  private byte[] read(long inode, long offset) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(PIECE_BYTES);
    tree.read(inode, offset, bytes);
    return bytes.array();
  }

  @Test
  void makersOfFiles_waitForTheCheckpoint_andGoOn() throws Exception {
    int files = 12_000;
    disk.stall();
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      begin(
          () -> {
            for (int n = 0; n < files / THREADS; n++) {
              long inode = create("a name that takes some room " + thread + " " + n);
              tree.setxattr(
                  inode, Name.of("user.room"), new byte[1_000], XattrMode.CREATE_OR_REPLACE);
              done.incrementAndGet();
            }
          });
    }
    awaitStandstill();
    long taken = done.get();
    assertTrue(taken > 0 && taken < files, () -> taken + " files were made");
    assertTrue(nodeBytes() <= NODE_BYTES_MAX, () -> nodeBytes() + " bytes of nodes");
    tree.lookup(FileTree.ROOT_INODE, Name.of("a name that takes some room 0 0"));

    disk.goOn();
    awaitEnd();
    assertEquals(files, done.get());
    assertEquals(List.of(), Check.run(store, false).problems());
  }

  private long nodeBytes() {
    return store.parts().nodes().unsettledBytes();
  }

  /** Nodes that change again and again are few; what repeats the changes is not. */
  @Test
  void changersOfOneFile_waitForTheirRedo_andGoOn() throws Exception {
    int times = 3_000;
    long inode = create("changed");
    disk.stall();
    for (int i = 0; i < THREADS; i++) {
      Name attribute = Name.of("user." + i);
      int thread = i;
      begin(
          () -> {
            for (int n = 0; n < times / THREADS; n++) {
              tree.setxattr(inode, attribute, attribute(thread, n), XattrMode.CREATE_OR_REPLACE);
              done.incrementAndGet();
            }
          });
    }
    awaitStandstill();
    long taken = done.get() * ATTRIBUTE_BYTES;
    assertTrue(taken > 0 && taken <= REDO_BYTES_MAX, () -> taken + " bytes were taken");

    disk.goOn();
    awaitEnd();
    for (int i = 0; i < THREADS; i++) {
      assertArrayEquals(
          attribute(i, times / THREADS - 1), tree.getxattr(inode, Name.of("user." + i)));
    }
  }

  private static byte[] attribute(int thread, int number) {
    byte[] bytes = new byte[ATTRIBUTE_BYTES];
    Arrays.fill(bytes, (byte) (31 * thread + number));
    return bytes;
  }

  /** What is written here and there makes far more nodes dirty than it has bytes. */
  @Test
  void flushes_waitForTheCheckpoint_andGoOn() throws Exception {
    int files = 900;
    long[] inodes = new long[files];
    for (int i = 0; i < files; i++) {
      inodes[i] = create("file" + i);
      tree.setxattr(inodes[i], Name.of("user.room"), new byte[8_000], XattrMode.CREATE);
    }
    store.checkpoint();
    disk.stall();
    begin(
        () -> {
          for (long inode : inodes) {
            tree.write(inode, 0, ByteBuffer.wrap(SMALL));
          }
          store.sync();
        });
    awaitStandstill();
    assertTrue(nodeBytes() <= NODE_BYTES_MAX, () -> nodeBytes() + " bytes of nodes");

    disk.goOn();
    awaitEnd();
    for (long inode : inodes) {
      ByteBuffer bytes = ByteBuffer.allocate(SMALL.length);
      tree.read(inode, 0, bytes);
      assertArrayEquals(SMALL, bytes.array());
    }
    assertEquals(List.of(), Check.run(store, true).problems());
  }
}
