package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where groups and zeros go in a segment's file, seen from the disk. */
class ZerosAheadTest {
  private static final int BLOCK = LogFormat.BLOCK_BYTES;
  private static final int SEGMENT_BLOCKS = 1024;

  /** A write of blocks, and how many of them had been written before. */
  private record Write(String file, boolean zeros, int blocks, int before) {}

  private final List<Write> writes = new ArrayList<>();
  private final java.util.Map<String, BitSet> written = new java.util.HashMap<>();

  @Test
  void smallSyncedGroups_goIntoBlocksWrittenBefore() throws IOException {
    try (Log log = newLog()) {
      // three blocks each, over the end of two segments
      for (int i = 0; i < 800; i++) {
        append(log, 1 + i % 2, true);
      }
    }
    int unprepared = 0;
    for (Write write : groups()) {
      assertTrue(write.before == 0 || write.before == write.blocks, write.toString());
      unprepared += write.before == 0 ? 1 : 0;
    }
    assertTrue(unprepared <= ZerosAhead.GROUPS_MIN + 2, unprepared + " groups");
  }

  @Test
  void zeros_neverStandWhereAGroupWasWritten() throws IOException {
    try (Log log = newLog()) {
      for (int i = 0; i < 600; i++) {
        append(log, i % 40 == 0 ? 30 : 1, i % 3 != 0);
      }
    }
    for (Write write : writes) {
      assertTrue(!write.zeros || write.before == 0, write.toString());
    }
    assertTrue(writes.stream().anyMatch(Write::zeros));
  }

  @Test
  void unsyncedAndLargeGroups_areWrittenOnce() throws IOException {
    try (Log log = newLog()) {
      for (int i = 0; i < 100; i++) {
        append(log, 1, false);
        append(log, ZerosAhead.GROUP_BLOCKS_MAX, true);
      }
    }
    assertEquals(0, writes.stream().filter(Write::zeros).count());
    assertEquals(0, groups().stream().mapToInt(Write::before).sum());
  }

  private Log newLog() throws IOException {
    Disk disk = recording(Disk.class, new FaultyDisk(), this::opened);
    Log log = Log.create(disk, new StoreId(1, 2), SEGMENT_BLOCKS, 1 << 20);
    writes.clear();
    return log;
  }

  private static void append(Log log, int blocks, boolean synced) throws IOException {
    byte[] data = new byte[blocks * BLOCK];
    data[0] = 1;
    try (Append append = log.begin(blocks, () -> 100)) {
      append.publish(ByteBuffer.wrap(data));
      append.write(synced ? List.of(new byte[] {1}) : List.of());
    }
    if (synced) {
      log.sync(log.position());
    }
  }

  private List<Write> groups() {
    return writes.stream().filter(write -> !write.zeros && write.file.endsWith(".seg")).toList();
  }

  private interface Tap {
    Object apply(Method method, Object[] arguments, Object result);
  }

  private static <T> T recording(Class<T> type, T target, Tap tap) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object[] given = arguments == null ? new Object[0] : arguments.clone();
              if (method.getName().equals("write")) {
                given[1] = ((ByteBuffer) given[1]).duplicate();
              }
              try {
                return tap.apply(method, given, method.invoke(target, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private Object opened(Method method, Object[] arguments, Object result) {
    return result instanceof DiskFile file && method.getName().equals("open")
        ? recording(DiskFile.class, file, (m, a, r) -> wrote(file.name(), m, a, r))
        : result;
  }

  private Object wrote(String file, Method method, Object[] arguments, Object result) {
    if (method.getName().equals("write") && file.endsWith(".seg")) {
      long offset = (Long) arguments[0];
      ByteBuffer source = (ByteBuffer) arguments[1];
      int first = (int) (offset / BLOCK);
      int last = first + source.remaining() / BLOCK;
      BitSet blocks = written.computeIfAbsent(file, name -> new BitSet());
      if (first > 0 && first <= SEGMENT_BLOCKS) {
        boolean zeros = source.mismatch(ByteBuffer.allocate(source.remaining())) < 0;
        int before = blocks.get(first, last).cardinality();
        writes.add(new Write(file, zeros, last - first, before));
        blocks.set(first, last);
      }
    }
    return result;
  }
}
