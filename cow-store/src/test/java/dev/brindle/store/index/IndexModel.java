package dev.brindle.store.index;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/** What an index should hold, and random changes made to both. */
final class IndexModel {
  private static final String[] TABLES = {"alpha", "beta"};

  private final TreeMap<Long, byte[]> records = new TreeMap<>();
  private final TreeMap<String, TreeMap<Long, byte[]>> tables = new TreeMap<>();
  private final List<Long> handedOut = new ArrayList<>();

  IndexModel() {
    for (String table : TABLES) {
      tables.put(table, new TreeMap<>());
    }
  }

  IndexModel copy() {
    IndexModel copy = new IndexModel();
    copy.records.putAll(records);
    tables.forEach((name, rows) -> copy.tables.put(name, new TreeMap<>(rows)));
    return copy;
  }

  int recordCount() {
    return records.size();
  }

  /** After a reopening: numbers that were never put are forgotten. */
  void forgetHandedOut() {
    handedOut.clear();
  }

  void change(Index index, Random random, int steps) throws IOException {
    for (int i = 0; i < steps; i++) {
      step(index, random);
    }
  }

  private void step(Index index, Random random) throws IOException {
    switch (random.nextInt(10)) {
      case 0 -> handedOut.add(index.allocate());
      case 1, 2, 3 -> {
        if (handedOut.isEmpty()) {
          handedOut.add(index.allocate());
        }
        long id = handedOut.remove(random.nextInt(handedOut.size()));
        put(index, id, bytes(random));
      }
      case 4 -> {
        if (!records.isEmpty()) {
          put(index, anyRecord(random), bytes(random));
        }
      }
      case 5, 6 -> {
        if (!records.isEmpty()) {
          long id = anyRecord(random);
          index.delete(id);
          records.remove(id);
        } else if (!handedOut.isEmpty()) {
          index.delete(handedOut.remove(0));
        }
      }
      default -> tableStep(index, random);
    }
  }

  private void tableStep(Index index, Random random) throws IOException {
    String name = TABLES[random.nextInt(TABLES.length)];
    TreeMap<Long, byte[]> rows = tables.get(name);
    long key = random.nextInt(60) - 20;
    if (random.nextInt(3) == 0) {
      index.table(name).remove(key);
      rows.remove(key);
    } else {
      byte[] row = new byte[random.nextInt(20) == 0 ? 12_000 : random.nextInt(1_500)];
      random.nextBytes(row);
      index.table(name).put(key, row);
      rows.put(key, row);
    }
  }

  private long anyRecord(Random random) {
    Long id = records.ceilingKey((long) random.nextInt(records.lastKey().intValue() + 1));
    return id == null ? records.firstKey() : id;
  }

  private void put(Index index, long id, byte[] bytes) throws IOException {
    index.put(id, bytes);
    records.put(id, bytes);
  }

  private static byte[] bytes(Random random) {
    byte[] bytes =
        new byte[random.nextInt(6) == 0 ? random.nextInt(70_000) : random.nextInt(8_189)];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Fails unless the index holds exactly this. */
  void assertHeldBy(Index index) throws IOException {
    List<Long> found = new ArrayList<>();
    index.forEachRecord(found::add);
    assertEquals(new ArrayList<>(records.keySet()), found);
    for (var record : records.entrySet()) {
      assertArrayEquals(record.getValue(), index.get(record.getKey()));
    }
    for (var table : tables.entrySet()) {
      TreeMap<Long, byte[]> rows = new TreeMap<>();
      index.table(table.getKey()).forEach(rows::put);
      assertEquals(table.getValue().keySet(), rows.keySet());
      for (var row : table.getValue().entrySet()) {
        assertArrayEquals(row.getValue(), rows.get(row.getKey()));
        assertArrayEquals(row.getValue(), index.table(table.getKey()).get(row.getKey()));
      }
    }
  }

  boolean isHeldBy(Index index) throws IOException {
    try {
      assertHeldBy(index);
      return true;
    } catch (AssertionError e) {
      return false;
    }
  }
}
