package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A small store over the log: it remembers which block has which content, as a tree would, logs
 * each change of it as redo, and keeps checkpoints. After each opening it compares with what the
 * log has.
 */
final class LogHarness {
  static final int SEGMENT_BLOCKS = 256;
  private static final int BLOCK = 4096;
  private static final long CACHE_BYTES = 300 * 4096;

  /** What an index would hold: replaced as a whole. */
  private record Checkpoint(LogState state, MapTable rows, TreeMap<Long, Long> blocks) {}

  private final StoreId store = new StoreId(1, 2);
  private final Random random;
  private Checkpoint checkpoint;

  /** Content seed by address. */
  private TreeMap<Long, Long> blocks = new TreeMap<>();

  private MapTable rows = new MapTable();

  /** Redo elements appended since the checkpoint, and how many of them are known to be durable. */
  private final List<byte[]> appended = new ArrayList<>();

  private int synced;
  private long nextSeed;
  Log log;

  LogHarness(Random random) {
    this.random = random;
  }

  void create(Disk disk) throws IOException {
    log = Log.create(disk, store, SEGMENT_BLOCKS, CACHE_BYTES);
    checkpoint();
  }

  boolean hasCheckpoint() {
    return checkpoint != null;
  }

  /** Opens what is on the disk and verifies all of it. */
  void open(Disk disk) throws IOException {
    blocks = new TreeMap<>(checkpoint.blocks);
    rows = checkpoint.rows.copy();
    log = Log.open(disk, store, SEGMENT_BLOCKS, CACHE_BYTES, checkpoint.state, rows);
    List<byte[]> replayed = new ArrayList<>();
    log.replay(
        element -> {
          replayed.add(element);
          apply(element);
        });
    assertTrue(replayed.size() >= synced, replayed.size() + " of " + synced + " synced");
    assertTrue(replayed.size() <= appended.size());
    for (int i = 0; i < replayed.size(); i++) {
      assertEquals(ByteBuffer.wrap(appended.get(i)), ByteBuffer.wrap(replayed.get(i)));
    }
    appended.subList(replayed.size(), appended.size()).clear();
    verify();
  }

  void verify() throws IOException {
    assertEquals(List.of(), log.verify());
    assertEquals((long) blocks.size() * BLOCK, log.statistics().liveBytes());
    long live = 0;
    for (SegmentInfo segment : log.segments()) {
      for (BlockRange range : log.liveRanges(segment.number())) {
        live += range.blocks();
      }
    }
    assertEquals(blocks.size(), live);
    Long previous = null;
    int run = 0;
    for (long address : blocks.keySet()) {
      boolean joins =
          previous != null
              && address == previous + 1
              && address % SEGMENT_BLOCKS != 0
              && random.nextInt(20) > 0;
      if (!joins && previous != null) {
        verifyRun(previous - run + 1, run);
        run = 0;
      }
      run++;
      previous = address;
    }
    if (previous != null) {
      verifyRun(previous - run + 1, run);
    }
  }

  private void verifyRun(long address, int count) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(count * BLOCK);
    int skip = random.nextInt(BLOCK);
    int length = random.nextInt(count * BLOCK - skip) + 1;
    try (Pin pin = log.pin()) {
      log.read(address, skip, length, target);
    }
    ByteBuffer expected = ByteBuffer.allocate(count * BLOCK);
    for (int i = 0; i < count; i++) {
      expected.put(content(blocks.get(address + i)));
    }
    assertEquals(expected.flip().slice(skip, length), target.flip(), "at " + address);
  }

  static byte[] content(long seed) {
    byte[] bytes = new byte[BLOCK];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private void apply(byte[] element) {
    ByteBuffer redo = ByteBuffer.wrap(element);
    boolean alloc = redo.get() == 1;
    long address = redo.getLong();
    int count = redo.getInt();
    long seed = redo.getLong();
    for (int i = 0; i < count; i++) {
      if (alloc) {
        blocks.put(address + i, seed + i);
      } else {
        blocks.remove(address + i);
      }
    }
    if (alloc) {
      log.markLive(address, count);
    } else {
      log.markDead(address, count);
    }
  }

  private static byte[] redo(boolean alloc, long address, int count, long seed, int padding) {
    return ByteBuffer.allocate(21 + padding)
        .put((byte) (alloc ? 1 : 2))
        .putLong(address)
        .putInt(count)
        .putLong(seed)
        .array();
  }

  /** Appends data, frees something, or both. */
  void append() throws IOException {
    int count =
        switch (random.nextInt(4)) {
          case 0 -> 0;
          case 1 -> 1;
          case 2 -> 1 + random.nextInt(8);
          default -> 1 + random.nextInt(log.dataBlocksMax());
        };
    List<byte[]> redo = new ArrayList<>();
    try (Append append = log.begin(count, () -> random.nextInt(20_000))) {
      if (count > 0) {
        long seed = nextSeed;
        nextSeed += count;
        ByteBuffer[] data = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
          data[i] = ByteBuffer.wrap(content(seed + i));
        }
        append.publish(data);
        redo.add(redo(true, append.dataAddress(), count, seed, padding()));
        apply(redo.get(0));
      }
      for (int i = random.nextInt(4); i > 0 && !blocks.isEmpty(); i--) {
        redo.add(free());
      }
      if (random.nextInt(12) == 0) {
        freeOldestSegment(redo);
      }
      appended.addAll(redo);
      append.write(redo);
    }
  }

  private int padding() {
    return random.nextInt(10) == 0 ? random.nextInt(30_000) : 0;
  }

  private byte[] free() {
    long first = blocks.firstKey();
    long span = blocks.lastKey() - first + 1;
    long address = blocks.ceilingKey(first + (long) (random.nextDouble() * span));
    return free(address, random.nextInt(3) == 0 ? 1 + random.nextInt(100) : 1 + random.nextInt(3));
  }

  /** Then the next segment may take its file. */
  private void freeOldestSegment(List<byte[]> redo) {
    if (!blocks.isEmpty()) {
      long segment = blocks.firstKey() / SEGMENT_BLOCKS;
      while (!blocks.isEmpty() && blocks.firstKey() / SEGMENT_BLOCKS == segment) {
        redo.add(free(blocks.firstKey(), SEGMENT_BLOCKS));
      }
    }
  }

  private byte[] free(long address, int max) {
    int count = 1;
    while (count < max
        && blocks.containsKey(address + count)
        && (address + count) % SEGMENT_BLOCKS != 0) {
      count++;
    }
    byte[] redo = redo(false, address, count, 0, padding());
    apply(redo);
    return redo;
  }

  void sync() throws IOException {
    int count = appended.size();
    log.sync(log.position());
    synced = count;
  }

  void checkpoint() throws IOException {
    FrozenSegments frozen;
    TreeMap<Long, Long> frozenBlocks;
    try (LogHold hold = log.hold()) {
      frozen = log.freeze();
      frozenBlocks = new TreeMap<>(blocks);
    }
    log.sync(frozen.state().position());
    frozen.write(rows);
    checkpoint =
        new Checkpoint(LogState.decode(frozen.state().encode()), rows.copy(), frozenBlocks);
    appended.clear();
    synced = 0;
    frozen.committed();
  }

  /** One random step; the process may also be killed, with what the host has in memory kept. */
  void step(Disk disk) throws IOException {
    int choice = random.nextInt(100);
    if (choice < 70) {
      append();
    } else if (choice < 85) {
      sync();
    } else if (choice < 91) {
      checkpoint();
    } else if (choice < 97) {
      log.reclaim();
    } else {
      log.close();
      open(disk);
    }
  }

  Map<Long, Long> blocks() {
    return blocks;
  }
}
