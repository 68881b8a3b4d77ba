package dev.brindle.store.tree;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;

/**
 * Records in memory that insist on the rules: an id is allocated before it is put, and deleted
 * once. Ids are used again as soon as they may be.
 */
final class MapRecords implements NodeRecords {
  final Map<Long, byte[]> records = new TreeMap<>();
  private final Set<Long> allocated = new HashSet<>();
  private final PriorityQueue<Long> spare = new PriorityQueue<>();
  long reads;

  @Override
  public synchronized long allocate() {
    Long id = spare.poll();
    if (id == null) {
      id = allocated.size() + 1L;
    }
    allocated.add(id);
    return id;
  }

  @Override
  public synchronized byte[] get(long id) throws IOException {
    reads++;
    byte[] bytes = records.get(id);
    if (bytes == null) {
      throw new CorruptStoreException("index.db", -1, "there is no record " + id);
    }
    return bytes.clone();
  }

  @Override
  public synchronized void put(long id, byte[] bytes) {
    if (!allocated.contains(id)) {
      throw new IllegalStateException("record " + id + " was not allocated");
    }
    records.put(id, bytes.clone());
  }

  @Override
  public synchronized void delete(long id) {
    if (!allocated.remove(id)) {
      throw new IllegalStateException("record " + id + " was not allocated");
    }
    records.remove(id);
    spare.add(id);
  }

  synchronized Set<Long> allocated() {
    return new HashSet<>(allocated);
  }
}
