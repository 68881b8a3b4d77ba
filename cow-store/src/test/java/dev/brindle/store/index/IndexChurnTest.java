package dev.brindle.store.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class IndexChurnTest {
  private static final StoreId STORE = new StoreId(1, 2);

  @Test
  void randomChanges_withReopening_equalTheModel() throws IOException {
    long seed = Long.getLong("brindle.seed", System.nanoTime());
    try {
      Random random = new Random(seed);
      FaultyDisk disk = new FaultyDisk();
      Index index = Index.create(disk, STORE);
      IndexModel model = new IndexModel();
      for (int round = 0; round < 60; round++) {
        model.change(index, random, random.nextInt(200));
        model.assertHeldBy(index);
        index.freeze();
        IndexModel frozen = model.copy();
        model.change(index, random, random.nextInt(100));
        index.write();
        if (random.nextInt(3) == 0) {
          index.close();
          disk = random.nextBoolean() ? disk.afterCrash(random) : disk.afterProcessDeath();
          index = Index.open(disk, STORE);
          model = frozen;
        }
        model.assertHeldBy(index);
      }
    } catch (IOException | AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  @Test
  void tableOfManyRows_equalsTheModel() throws IOException {
    long seed = Long.getLong("brindle.seed", System.nanoTime());
    Random random = new Random(seed);
    FaultyDisk disk = new FaultyDisk();
    Index index = Index.create(disk, STORE);
    Table table = index.table("t");
    TreeMap<Long, byte[]> model = new TreeMap<>();
    for (int phase = 0; phase < 6; phase++) {
      int puts = phase % 2 == 0 ? 80 : 20;
      for (int i = 0; i < 4_000; i++) {
        long key = random.nextInt(8_000) - 4_000;
        if (random.nextInt(100) < puts) {
          byte[] row = new byte[random.nextInt(200)];
          random.nextBytes(row);
          table.put(key, row);
          model.put(key, row);
        } else {
          table.remove(key);
          model.remove(key);
        }
      }
      List<Long> keys = new ArrayList<>();
      table.forEach(
          (key, row) -> {
            keys.add(key);
            assertArrayEquals(model.get(key), row);
          });
      assertEquals(new ArrayList<>(model.keySet()), keys, "seed " + seed);
      for (long key = -4_000; key < 4_000; key += 3) {
        assertArrayEquals(model.get(key), table.get(key), "seed " + seed);
      }
    }
    for (long key = 4_000; key >= -4_000; key--) {
      table.remove(key);
    }
    int[] rows = new int[1];
    table.forEach((key, row) -> rows[0]++);
    assertEquals(0, rows[0]);
    List<Long> left = new ArrayList<>();
    ((TableTree) table).forEachNode(left::add);
    assertEquals(1, left.size(), "the root alone is left");
  }

  @Test
  void ascendingAndDescendingKeys_fillTheirNodes() throws IOException {
    Index index = Index.create(new FaultyDisk(), STORE);
    for (int direction : new int[] {1, -1}) {
      Table table = index.table("t" + direction);
      for (long i = 0; i < 5_000; i++) {
        table.put(i * direction, new byte[100]);
      }
      List<Long> nodes = new ArrayList<>();
      ((TableTree) table).forEachNode(nodes::add);
      int most = direction == 1 ? 80 : 150;
      if (nodes.size() > most) {
        throw new AssertionError(nodes.size() + " nodes for 5,000 rows of 112 bytes");
      }
    }
  }

  @Test
  void readersAndWriters_duringCheckpoints_seeWholeRecords() throws Exception {
    FaultyDisk disk = new FaultyDisk();
    Index index = Index.create(disk, STORE);
    int perThread = 60;
    List<long[]> ids = new ArrayList<>();
    for (int thread = 0; thread < 3; thread++) {
      long[] own = new long[perThread];
      for (int i = 0; i < perThread; i++) {
        own[i] = index.allocate();
        index.put(own[i], filled(100, 1));
      }
      ids.add(own);
    }
    AtomicBoolean stop = new AtomicBoolean();
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Future<?>> running = new ArrayList<>();
    for (long[] own : ids) {
      running.add(threads.submit(() -> change(index, own, stop)));
      running.add(threads.submit(() -> read(index, own, stop)));
    }
    for (int i = 0; i < 150; i++) {
      index.freeze();
      index.write();
    }
    stop.set(true);
    for (Future<?> future : running) {
      future.get();
    }
    threads.shutdown();
    index.freeze();
    index.write();
    Index again = Index.open(disk.afterCrash(new Random(1)), STORE);
    for (long[] own : ids) {
      for (long id : own) {
        assertArrayEquals(index.get(id), again.get(id));
      }
    }
  }

  private static Void change(Index index, long[] ids, AtomicBoolean stop) throws IOException {
    Random random = new Random();
    while (!stop.get()) {
      long id = ids[random.nextInt(ids.length)];
      index.put(id, filled(1 + random.nextInt(30_000), random.nextInt(100)));
      index.table("shared").put(id, filled(200, random.nextInt(100)));
      long extra = index.allocate();
      if (random.nextBoolean()) {
        index.put(extra, filled(10, 1));
      }
      index.delete(extra);
    }
    return null;
  }

  private static Void read(Index index, long[] ids, AtomicBoolean stop) throws IOException {
    Random random = new Random();
    while (!stop.get()) {
      byte[] bytes = index.get(ids[random.nextInt(ids.length)]);
      for (byte b : bytes) {
        assertEquals(bytes[0], b);
      }
      index.table("shared").get(ids[random.nextInt(ids.length)]);
    }
    return null;
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
