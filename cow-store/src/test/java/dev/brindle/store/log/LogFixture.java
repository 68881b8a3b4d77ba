package dev.brindle.store.log;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A log of small segments on a simulated disk, whose blocks are told by their addresses. */
abstract class LogFixture {
  static final int SEGMENT_BLOCKS = 256;
  static final long SEGMENT_BYTES = SEGMENT_BLOCKS * 4096L;
  static final long NO_CACHE = 0;

  final StoreId store = new StoreId(7, 8);
  final FaultyDisk disk = new FaultyDisk();
  final MapTable rows = new MapTable();
  Log log;
  private LogState checkpoint;

  @BeforeEach
  void createLog() throws IOException {
    log = Log.create(disk, store, SEGMENT_BLOCKS, NO_CACHE);
    checkpoint();
  }

  @AfterEach
  void closeLog() throws IOException {
    log.close();
  }

  List<Long> fillSegments(int segments) throws IOException {
    List<Long> addresses = new ArrayList<>();
    for (int i = 0; i < 2 * segments; i++) {
      addresses.add(append(100));
    }
    return addresses;
  }

  /** Content follows from the address. */
  long append(int blocks) throws IOException {
    try (Append append = log.begin(blocks, () -> 0)) {
      append.publish(ByteBuffer.wrap(content(append.dataAddress(), blocks)));
      log.markLive(append.dataAddress(), blocks);
      append.write(List.of());
      return append.dataAddress();
    }
  }

  static byte[] content(long address, int blocks) {
    byte[] bytes = new byte[blocks * 4096];
    new Random(address).nextBytes(bytes);
    return bytes;
  }

  byte[] read(long address, int length) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(length);
    try (Pin pin = log.pin()) {
      log.read(address, 0, length, target);
    }
    return target.array();
  }

  void checkpoint() throws IOException {
    FrozenSegments frozen;
    try (LogHold held = log.hold()) {
      frozen = log.freeze();
    }
    log.sync(frozen.state().position());
    frozen.write(rows);
    checkpoint = frozen.state();
    frozen.committed();
  }

  void reopen() throws IOException {
    reopen(disk);
  }

  void reopen(Disk on) throws IOException {
    log.close();
    log = Log.open(on, store, SEGMENT_BLOCKS, NO_CACHE, checkpoint, rows.copy());
    log.replay(element -> {});
  }
}
