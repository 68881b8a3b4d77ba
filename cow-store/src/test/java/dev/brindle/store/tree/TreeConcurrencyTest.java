package dev.brindle.store.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;

/**
 * Two volumes' writers, readers of their heads, readers of snapshots without a lock, and a
 * checkpoint's thread, all at once over one node store.
 */
class TreeConcurrencyTest {
  private static final long MILLIS = Long.getLong("brindle.tree.concurrencyMillis", 4_000);
  private static final int KEYS = 4_000;

  private final MapRecords records = new MapRecords();
  private final NodeStore nodes = new NodeStore(records, 100_000, new NodeLimits(400));
  private final ReadWriteLock gate = new ReentrantReadWriteLock();
  private final List<Volume> volumes = new ArrayList<>();
  private final Map<Long, Long> sums = new ConcurrentHashMap<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final AtomicInteger lastVersion = new AtomicInteger();
  private final AtomicInteger snapshotsRead = new AtomicInteger();
  private volatile boolean isOver;

  /** A head, and the sum over its items that each of its snapshots must have. */
  private final class Volume {
    final ReadWriteLock lock = new ReentrantReadWriteLock();
    final Map<Long, byte[]> model = new HashMap<>();
    TestVersion version;
    Tree tree;
    long sum;

    void change(Random random) throws Exception {
      gate.readLock().lock();
      lock.writeLock().lock();
      try {
        long offset = random.nextInt(KEYS);
        boolean isRemoval = random.nextInt(3) == 0;
        byte[] value = isRemoval ? null : TestTrees.value(random.nextLong(), random.nextInt(60));
        byte[] expected = isRemoval ? model.remove(offset) : model.put(offset, value);
        byte[] previous = isRemoval ? tree.remove(5, offset) : tree.put(5, offset, value);
        assertTrue(Arrays.equals(expected, previous));
        sum += (value == null ? 0 : hash(offset, value));
        sum -= (previous == null ? 0 : hash(offset, previous));
      } finally {
        lock.writeLock().unlock();
        gate.readLock().unlock();
      }
    }

    void snapshot() {
      gate.writeLock().lock();
      try {
        version.root = tree.root();
        version = new TestVersion(version, lastVersion.incrementAndGet());
        tree.rebase(version);
        sums.put(tree.root(), sum);
      } finally {
        gate.writeLock().unlock();
      }
    }

    void readHead() throws Exception {
      lock.readLock().lock();
      try {
        assertEquals(sum, sumOf(tree));
        long offset = ThreadLocalRandom.current().nextInt(KEYS);
        assertTrue(Arrays.equals(model.get(offset), tree.get(5, offset)));
      } finally {
        lock.readLock().unlock();
      }
    }
  }

  private static long hash(long offset, byte[] value) {
    return (offset * 31 + Arrays.hashCode(value)) * 0x9e3779b97f4a7c15L;
  }

  private static long sumOf(TreeReader tree) throws Exception {
    long[] sum = {0};
    tree.forEach(
        0,
        0,
        (high, offset, value) -> {
          sum[0] += hash(offset, value);
          return true;
        });
    return sum[0];
  }

  private void readSnapshot() throws Exception {
    List<Map.Entry<Long, Long>> all = new ArrayList<>(sums.entrySet());
    if (!all.isEmpty()) {
      Map.Entry<Long, Long> one = all.get(ThreadLocalRandom.current().nextInt(all.size()));
      assertEquals(one.getValue(), sumOf(new TreeReader(nodes, one.getKey())));
      snapshotsRead.incrementAndGet();
    }
  }

  private void checkpoint() throws Exception {
    gate.writeLock().lock();
    FrozenNodes frozen;
    try {
      frozen = nodes.freeze();
    } finally {
      gate.writeLock().unlock();
    }
    frozen.write();
    frozen.settle();
  }

  private interface Action {
    void run() throws Exception;
  }

  private Thread start(Action action) {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (!isOver && failure.get() == null) {
                  action.run();
                }
              } catch (Throwable e) {
                failure.compareAndSet(null, e);
              }
            });
    thread.start();
    return thread;
  }

  @Test
  void everybodyAtOnce_seesWhatBelongsToThem() throws Exception {
    Random seeds = TestTrees.random();
    for (int i = 0; i < 2; i++) {
      Volume volume = new Volume();
      volume.version = new TestVersion(nodes, lastVersion.incrementAndGet());
      volume.tree = new Tree(nodes, volume.version, 0);
      volumes.add(volume);
    }
    List<Thread> threads = new ArrayList<>();
    for (Volume volume : volumes) {
      Random random = new Random(seeds.nextLong());
      threads.add(start(() -> volume.change(random)));
      threads.add(start(volume::readHead));
      threads.add(
          start(
              () -> {
                Thread.sleep(30);
                volume.snapshot();
              }));
    }
    threads.add(start(this::checkpoint));
    threads.add(start(this::readSnapshot));
    threads.add(start(this::readSnapshot));
    Thread.sleep(MILLIS);
    isOver = true;
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
    assertTrue(snapshotsRead.get() > 10, snapshotsRead + " snapshots read");
    checkpoint();
    NodeStore reopened = new NodeStore(records, 100_000, new NodeLimits(400));
    for (Map.Entry<Long, Long> snapshot : sums.entrySet()) {
      assertEquals(snapshot.getValue(), sumOf(new TreeReader(reopened, snapshot.getKey())));
    }
    for (Volume volume : volumes) {
      assertEquals(volume.sum, sumOf(new TreeReader(reopened, volume.tree.root())));
      assertNull(volume.tree.get(6, 0));
    }
  }
}
