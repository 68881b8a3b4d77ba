package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.HostDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTest {
  private static final int SEGMENT_BLOCKS = 256;
  private static final long CACHE_BYTES = 1 << 20;

  @TempDir Path directory;
  private final StoreId store = StoreId.random();
  private final MapTable rows = new MapTable();
  private final Random random = new Random(4711);
  private HostDisk disk;
  private Log log;
  private LogState checkpoint;

  @BeforeEach
  void createLog() throws IOException {
    disk = new HostDisk(directory);
    log = Log.create(disk, store, SEGMENT_BLOCKS, CACHE_BYTES);
    checkpoint();
  }

  @AfterEach
  void closeLog() throws IOException {
    log.close();
    disk.close();
  }

  @Test
  void read_ofWrittenBlocks_returnsThem() throws IOException {
    byte[] data = bytes(3);
    long address = append(data, "a");
    assertArrayEquals(data, read(address, 0, data.length));
    assertArrayEquals(slice(data, 5000, 100), read(address, 5000, 100));
  }

  @Test
  void read_betweenPublishAndWrite_returnsTheNewData() throws IOException {
    byte[] data = bytes(2);
    try (Append append = log.begin(2, () -> 0)) {
      append.publish(ByteBuffer.wrap(data, 0, 4096), ByteBuffer.wrap(data, 4096, 4096));
      assertArrayEquals(slice(data, 4000, 200), read(append.dataAddress(), 4000, 200));
      append.write(List.of());
      assertArrayEquals(data, read(append.dataAddress(), 0, 8192));
    }
  }

  @Test
  void reopen_afterCheckpointAndMore_replaysTheRedoAndReadsBoth() throws IOException {
    byte[] before = bytes(5);
    long first = append(before, "before");
    checkpoint();
    byte[] after = bytes(1);
    long second = append(after, "one", "two");
    append(new byte[0], "three");
    assertEquals(List.of("one", "two", "three"), reopen());
    assertArrayEquals(before, read(first, 0, before.length));
    assertArrayEquals(after, read(second, 0, after.length));
  }

  @Test
  void reopen_overSegmentEnds_replaysEverything() throws IOException {
    List<String> expected = new ArrayList<>();
    List<Long> addresses = new ArrayList<>();
    List<byte[]> contents = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      contents.add(bytes(1 + random.nextInt(100)));
      addresses.add(append(contents.get(i), "op" + i));
      expected.add("op" + i);
    }
    assertEquals(expected, reopen());
    for (int i = 0; i < 40; i++) {
      assertArrayEquals(contents.get(i), read(addresses.get(i), 0, contents.get(i).length));
    }
    long address = append(contents.get(0), "more");
    expected.add("more");
    assertEquals(expected, reopen());
    assertArrayEquals(contents.get(0), read(address, 0, contents.get(0).length));
  }

  @Test
  void write_ofMoreRedoThanEstimated_goesIntoFurtherGroups() throws IOException {
    List<byte[]> redo = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      String element = ("" + (char) ('a' + i % 26)).repeat(60_000);
      expected.add(element);
      redo.add(element.getBytes(StandardCharsets.UTF_8));
    }
    try (Append append = log.begin(0, () -> 10)) {
      append.write(redo);
    }
    log.sync(log.position());
    assertEquals(expected, reopen());
  }

  @Test
  void close_ofPublishedAndUnwrittenAppend_poisonsButKeepsTheDataReadable() throws IOException {
    byte[] data = bytes(1);
    long address;
    try (Append append = log.begin(1, () -> 0)) {
      append.publish(ByteBuffer.wrap(data));
      address = append.dataAddress();
    }
    assertThrows(LogFailedException.class, () -> log.begin(1, () -> 0));
    assertArrayEquals(data, read(address, 0, 4096));
  }

  private long append(byte[] data, String... redo) throws IOException {
    List<byte[]> elements = new ArrayList<>();
    for (String element : redo) {
      elements.add(element.getBytes(StandardCharsets.UTF_8));
    }
    try (Append append = log.begin(data.length / 4096, () -> 1000)) {
      append.publish(ByteBuffer.wrap(data));
      if (data.length > 0) {
        log.markLive(append.dataAddress(), data.length / 4096);
      }
      append.write(elements);
      return append.dataAddress();
    }
  }

  private byte[] bytes(int blocks) {
    byte[] bytes = new byte[blocks * 4096];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] read(long address, int skip, int length) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(length);
    log.read(address, skip, length, target);
    return target.array();
  }

  private static byte[] slice(byte[] bytes, int from, int length) {
    return java.util.Arrays.copyOfRange(bytes, from, from + length);
  }

  private void checkpoint() throws IOException {
    FrozenSegments frozen;
    try (LogHold held = log.hold()) {
      frozen = log.freeze();
    }
    log.sync(frozen.state().position());
    frozen.write(rows);
    checkpoint = LogState.decode(frozen.state().encode());
    frozen.committed();
  }

  private List<String> reopen() throws IOException {
    log.close();
    log = Log.open(disk, store, SEGMENT_BLOCKS, CACHE_BYTES, checkpoint, rows);
    List<String> redo = new ArrayList<>();
    log.replay(element -> redo.add(new String(element, StandardCharsets.UTF_8)));
    return redo;
  }
}
