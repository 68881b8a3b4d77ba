package dev.brindle.store.volume;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.read;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.CallerThread;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.check.Check;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.StallingDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Operations that wait for their turn while their caller is killed. */
class CallerThreadTest {
  private static final int WRITE_BYTES = 64 << 10;
  private static final long END_MILLIS_MAX = 60_000;
  private static final AttributeChange TRUNCATED =
      new AttributeChange(null, null, null, 5L, null, null, null);
  private static final StoreOptions SMALL =
      new StoreOptions(1 << 20, 1 << 20, 1 << 20, 3_600_000, 1024);

  /** Repeats an operation until it ends with an error. */
  private static final class Caller extends Thread implements CallerThread {
    interface Step {
      void run(int number) throws IOException;
    }

    private final Step step;
    final AtomicInteger done = new AtomicInteger();
    private volatile boolean gone;
    private boolean begun;
    private volatile @Nullable Throwable end;

    Caller(Step step) {
      this.step = step;
    }

    @Override
    public void run() {
      try {
        while (true) {
          begun = false;
          step.run(done.get());
          done.incrementAndGet();
        }
      } catch (IOException | RuntimeException | Error e) {
        end = e;
      }
    }

    @Override
    public boolean isCallerGone() {
      return gone && !begun;
    }

    @Override
    public void begun() {
      begun = true;
    }

    /** Waits until it goes on no more. */
    void awaitStandstill() throws InterruptedException {
      int before;
      do {
        before = done.get();
        Thread.sleep(300);
      } while (isAlive() && (done.get() != before || getState() == State.RUNNABLE));
      assertTrue(isAlive(), () -> "it ended with " + end);
    }

    void kill() {
      gone = true;
    }

    void expectInterrupted() throws InterruptedException {
      join(END_MILLIS_MAX);
      assertFalse(isAlive(), () -> "it waits on: " + Arrays.toString(getStackTrace()));
      assertTrue(
          end instanceof FileSystemException refused && refused.errno() == Errno.EINTR,
          () -> "it ended with " + end);
    }
  }

  private final FaultyDisk backing = new FaultyDisk();
  private StallingDisk disk;
  private Store store;
  private WritableFileTree tree;

  @BeforeEach
  void createStore() throws IOException {
    Store.create(backing, SMALL);
    disk = new StallingDisk(backing);
    store = Store.open(disk, SMALL);
    tree = store.open(store.createVolume(name("main"), 0, 0).id());
    store.sync();
  }

  @AfterEach
  void checkStore() throws IOException {
    disk.goOn();
    assertEquals(List.of(), Check.run(store, true).problems());
    store.close();
  }

  private static ByteBuffer bytes(int number) {
    byte[] bytes = new byte[WRITE_BYTES];
    Arrays.fill(bytes, (byte) (number + 1));
    return ByteBuffer.wrap(bytes);
  }

  @Test
  void write_thatWaitsForRoom_endsAndHasWrittenNothing() throws Exception {
    long inode = file(tree, "f");
    disk.stall();
    Caller caller =
        new Caller(number -> tree.write(inode, (long) number * WRITE_BYTES, bytes(number)));
    caller.start();
    caller.awaitStandstill();
    caller.kill();
    caller.expectInterrupted();
    int done = caller.done.get();
    assertTrue(done > 0);
    disk.goOn();
    assertEquals((long) done * WRITE_BYTES, tree.getattr(inode).size());
    for (int number = 0; number < done; number++) {
      assertArrayEquals(
          bytes(number).array(), read(tree, inode, (long) number * WRITE_BYTES, WRITE_BYTES));
    }
  }

  @Test
  void create_thatWaitsForACheckpoint_endsAndHasMadeNothing() throws Exception {
    disk.stall();
    Caller caller = new Caller(number -> file(tree, "a file of a long name " + number));
    caller.start();
    caller.awaitStandstill();
    caller.kill();
    caller.expectInterrupted();
    int done = caller.done.get();
    assertTrue(done > 0);
    disk.goOn();
    assertEquals(done, tree.getattr(ROOT).size());
  }

  /** Each operation that a snapshot holds back; the file stays as it is. */
  @Test
  void operations_thatASnapshotHoldsBack_end() throws Exception {
    long inode = file(tree, "f");
    Caller.Step[] steps = {
      number -> tree.write(inode, 0, bytes(number)),
      number -> tree.append(inode, bytes(number)),
      number -> file(tree, "g"),
      number -> tree.unlink(ROOT, name("f")),
      number -> tree.link(inode, ROOT, name("g")),
      number -> tree.setattr(inode, TRUNCATED),
    };
    Head head = ((VolumeTree) tree).head();
    head.barrier.writeLock().lock();
    try {
      Caller[] callers = Arrays.stream(steps).map(Caller::new).toArray(Caller[]::new);
      for (Caller caller : callers) {
        caller.start();
        caller.awaitStandstill();
        caller.kill();
      }
      for (Caller caller : callers) {
        caller.expectInterrupted();
        assertEquals(0, caller.done.get());
      }
    } finally {
      head.barrier.writeLock().unlock();
    }
    assertEquals(0, tree.getattr(inode).size());
    assertEquals(1, tree.getattr(inode).linkCount());
    assertEquals(1, tree.getattr(ROOT).size());
  }

  /** What takes several steps is not left between two of them. */
  @Test
  void operation_thatHasBegun_isDoneToItsEnd() throws Exception {
    long inode = file(tree, "f");
    tree.hold(inode);
    tree.unlink(ROOT, name("f"));
    Caller caller =
        new Caller(
            number -> {
              if (number > 0) {
                throw new FileSystemException(Errno.EINTR);
              }
              tree.release(inode);
            });
    caller.kill();
    Head head = ((VolumeTree) tree).head();
    head.barrier.writeLock().lock();
    try {
      caller.start();
      caller.awaitStandstill();
    } finally {
      head.barrier.writeLock().unlock();
    }
    caller.expectInterrupted();
    assertEquals(1, caller.done.get());
    assertEquals(1, tree.statistics().inodes());
  }
}
