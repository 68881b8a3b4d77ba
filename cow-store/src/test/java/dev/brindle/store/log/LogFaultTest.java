package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.DiskFullException;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.ForwardingDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LogFaultTest extends LogFixture {
  @Test
  void read_ofFlippedBit_isCorruptWithFileAndPosition() throws IOException {
    long address = append(3);
    disk.flipBit("log/0000000000000001.seg", 8L * (4096 * (1 + address % SEGMENT_BLOCKS + 1) + 77));
    read(address, 4096);
    CorruptStoreException e =
        assertThrows(CorruptStoreException.class, () -> read(address + 1, 4096));
    assertTrue(e.getMessage().contains("log/0000000000000001.seg at byte"), e.getMessage());
    read(address + 2, 4096);
  }

  @Test
  void read_withDamagedChecksumPage_takesThemFromTheGroups() throws IOException {
    long address = append(3);
    fillSegments(3);
    checkpoint();
    reopen();
    disk.flipBit("log/0000000000000001.seg", 8L * (4096 * (1 + SEGMENT_BLOCKS) + 100));
    read(address, 3 * 4096);
  }

  @Test
  void sync_thatFails_poisonsForGood() throws IOException {
    append(1);
    disk.fail(disk.operations(), FaultyDisk.Fault.INPUT_OUTPUT_ERROR);
    LogPosition position = log.position();
    IOException cause = assertThrows(IOException.class, () -> log.sync(position));
    assertSame(cause, assertThrows(LogFailedException.class, () -> log.sync(position)).getCause());
    assertSame(
        cause, assertThrows(LogFailedException.class, () -> log.begin(1, () -> 0)).getCause());
    assertSame(cause, log.failure());
  }

  /** Nobody knows how much of a segment's checksums is in its file then. */
  @Test
  void seal_thatEndsInAnError_poisonsForGood() throws IOException {
    Error error = new OutOfMemoryError("planned");
    reopen(
        new ForwardingDisk(disk) {
          @Override
          protected DiskFile forwarding(DiskFile file) {
            return new ForwardingFile(file) {
              @Override
              public void write(long offset, ByteBuffer source) throws IOException {
                if (offset > SEGMENT_BYTES) {
                  throw error;
                }
                super.write(offset, source);
              }
            };
          }
        });
    assertSame(error, assertThrows(OutOfMemoryError.class, () -> fillSegments(2)));
    assertSame(
        error, assertThrows(LogFailedException.class, () -> log.begin(1, () -> 0)).getCause());
    assertSame(error, log.failure());
  }

  @Test
  void sync_ofOneAppend_isOneSyncAndASecondIsNone() throws IOException {
    append(1);
    long before = disk.syncs();
    log.sync(log.position());
    assertEquals(before + 1, disk.syncs());
    log.sync(log.position());
    assertEquals(before + 1, disk.syncs());
  }

  @Test
  void begin_onFullDisk_changesNothingAndWorksAfterSpaceCameBack() throws IOException {
    long first = append(100);
    disk.setCapacity(disk.usedBytes());
    int count = 0;
    LogPosition position = log.position();
    List<Long> addresses = new ArrayList<>();
    try {
      while (true) {
        addresses.add(append(50));
        position = log.position();
        count++;
      }
    } catch (DiskFullException e) {
      assertTrue(count > 0);
    }
    assertEquals(position, log.position());
    log.sync(position);
    disk.setCapacity(disk.usedBytes() + 3 * SEGMENT_BYTES);
    addresses.add(append(50));
    addresses.add(first);
    for (long address : addresses) {
      read(address, 50 * 4096);
    }
  }

  @Test
  void reclaim_afterCheckpoint_deletesDeadSegmentsAndKeepsOneAsSpare() throws IOException {
    List<Long> addresses = fillSegments(6);
    checkpoint();
    long full = disk.usedBytes();
    for (long address : addresses) {
      log.markDead(address, 100);
    }
    log.reclaim();
    assertEquals(full, disk.usedBytes());
    checkpoint();
    log.reclaim();
    assertTrue(disk.usedBytes() < full - 4 * SEGMENT_BYTES);
    assertEquals(1, log.statistics().segments());
    checkpoint();
    assertEquals(1, rows.size());
  }

  @Test
  void reclaim_beforeTheCheckpointThatFreed_keepsWhatRecoveryWillReferTo() throws IOException {
    List<Long> addresses = fillSegments(4);
    checkpoint();
    byte[] expected = read(addresses.get(0), 100 * 4096);
    for (long address : addresses) {
      log.markDead(address, 100);
    }
    log.reclaim();
    reopen();
    assertArrayEquals(expected, read(addresses.get(0), 100 * 4096));
    assertEquals(List.of(), log.verify());
  }

  @Test
  void reclaim_ofHalfDeadSegments_rewritesThemUnderTheSameAddresses() throws IOException {
    List<Long> addresses = fillSegments(6);
    List<byte[]> contents = new ArrayList<>();
    for (long address : addresses) {
      contents.add(read(address + 70, 30 * 4096));
      log.markDead(address, 70);
    }
    checkpoint();
    long before = disk.usedBytes();
    log.reclaim();
    assertTrue(disk.usedBytes() < before - 2 * SEGMENT_BYTES);
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < addresses.size(); i++) {
        assertArrayEquals(contents.get(i), read(addresses.get(i) + 70, 30 * 4096));
      }
      assertEquals(List.of(), log.verify());
      checkpoint();
      reopen();
    }
    long dead = addresses.get(0);
    assertThrows(CorruptStoreException.class, () -> read(dead, 4096));
  }

  @Test
  void reclaim_ofDamagedSegment_leavesItAsItIs() throws IOException {
    List<Long> addresses = fillSegments(3);
    String name = "log/0000000000000001.seg";
    long kept = addresses.get(0);
    log.markDead(kept, 80);
    checkpoint();
    disk.flipBit(name, 8L * (4096 * (1 + kept % SEGMENT_BLOCKS + 90)));
    byte[] before = disk.contents(name);
    log.reclaim();
    assertArrayEquals(before, disk.contents(name));
    read(kept + 80, 4096);
    assertThrows(CorruptStoreException.class, () -> read(kept + 90, 4096));
  }

  @Test
  void reclaim_onFullDisk_usesTheSparesSpace() throws IOException {
    fillSegments(1);
    List<Long> addresses = fillSegments(6);
    for (long address : addresses) {
      log.markDead(address, 80);
    }
    checkpoint();
    log.reclaim();
    long capacity = disk.usedBytes();
    disk.setCapacity(capacity);
    log.reclaim();
    assertEquals(List.of(), log.verify());
    assertTrue(disk.usedBytes() <= capacity);
  }

  @Test
  void manyThreads_withMaintenance_readWhatTheyWrote() throws Exception {
    log.startMaintenance();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    AtomicBoolean done = new AtomicBoolean();
    List<Future<?>> results = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      int seed = t;
      results.add(threads.submit(() -> appendReadAndFree(new Random(seed))));
    }
    Future<?> checkpoints =
        threads.submit(
            () -> {
              while (!done.get()) {
                checkpoint();
                Thread.sleep(2);
              }
              return null;
            });
    for (Future<?> result : results) {
      result.get();
    }
    done.set(true);
    checkpoints.get();
    threads.shutdown();
    log.stopMaintenance();
    assertEquals(List.of(), log.verify());
    checkpoint();
    log.reclaim();
    LogStatistics end = log.statistics();
    assertTrue(end.deadBytes() < end.liveBytes() / 4 + 3 * SEGMENT_BYTES, end.toString());
    assertFalse(disk.isCrashed());
  }

  private Void appendReadAndFree(Random random) throws IOException {
    List<long[]> mine = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      int blocks = 1 + random.nextInt(40);
      long address = append(blocks);
      mine.add(new long[] {address, blocks});
      if (i % 5 == 0) {
        log.sync(log.position());
      }
      long[] old = mine.get(random.nextInt(mine.size()));
      byte[] found = read(old[0], (int) old[1] * 4096);
      assertArrayEquals(content(old[0], (int) old[1]), found);
      if (mine.size() > 10) {
        mine.remove(old);
        log.markDead(old[0], (int) old[1]);
      }
    }
    return null;
  }

  /** What was published can be read to the end, also when its owner uses the memory again. */
  @Test
  void append_whoseWriteFails_isReadFromACopy() throws IOException {
    Append append = log.begin(1, () -> 0);
    long address = append.dataAddress();
    byte[] bytes = content(address, 1);
    append.publish(ByteBuffer.wrap(bytes));
    disk.fail(disk.operations(), FaultyDisk.Fault.INPUT_OUTPUT_ERROR);
    assertThrows(IOException.class, () -> append.write(List.of()));
    append.close();
    Arrays.fill(bytes, (byte) 0);
    assertArrayEquals(content(address, 1), read(address, 4096));
  }

  @Test
  void begin_twiceInOneThread_isABug() throws IOException {
    try (Append append = log.begin(1, () -> 0)) {
      assertInstanceOf(
          IllegalStateException.class,
          assertThrows(RuntimeException.class, () -> log.begin(1, () -> 0)));
    }
    append(1);
  }
}
