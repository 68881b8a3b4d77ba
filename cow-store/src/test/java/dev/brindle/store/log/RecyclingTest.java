package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.disk.FaultyDisk.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** New segments take the files of dead ones. */
class RecyclingTest extends LogFixture {
  @Test
  void appends_afterAnUnreclaimedCheckpoint_takeDeadSegmentsFiles() throws IOException {
    List<Long> addresses = fillSegments(6);
    addresses.forEach(address -> log.markDead(address, 100));
    checkpoint();
    long full = disk.usedBytes();
    List<Long> again = fillSegments(4);
    assertTrue(disk.usedBytes() <= full, disk.usedBytes() + " after " + full);
    for (long address : again) {
      assertArrayEquals(content(address, 100), read(address, 100 * 4096));
    }
    reopen();
    for (long address : again) {
      assertArrayEquals(content(address, 100), read(address, 100 * 4096));
    }
  }

  @Test
  void maintenance_leavesAsManyDeadSegmentsAsWereTakenLately() throws Exception {
    List<Long> addresses = fillSegments(6);
    addresses.forEach(address -> log.markDead(address, 100));
    checkpoint();
    int before = log.statistics().segments();
    log.startMaintenance();
    assertTimeoutPreemptively(Duration.ofMinutes(1), () -> awaitOtherThan(before));
    log.stopMaintenance();
    // one became the spare
    assertEquals(before - 1, log.statistics().segments());
    log.reclaim();
    assertEquals(1, log.statistics().segments());
  }

  private void awaitOtherThan(int segments) throws InterruptedException {
    while (log.statistics().segments() == segments) {
      Thread.sleep(1);
    }
  }

  /** A number that is left out would end the log at the next opening. */
  @Test
  void spare_thatCannotBeOpened_costsNoNumber() throws IOException {
    fillSegments(2).forEach(address -> log.markDead(address, 100));
    checkpoint();
    long head = log.position().address() / SEGMENT_BLOCKS;
    disk.failReads(1, LogFormat.segmentName(head + 1)::equals);
    assertThrows(IOException.class, log::reclaim);
    takeASegment(100);
    LogPosition end = log.position();
    log.sync(end);
    reopen();
    assertEquals(end, log.position());
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 100})
  void rewriting_ofWhatDiesAndIsTakenMeanwhile_leavesNoFile(int appended) throws IOException {
    List<Long> addresses = fillSegments(3);
    log.markDead(addresses.get(0), 100);
    log.markDead(addresses.get(1), 50);
    checkpoint();
    AtomicBoolean taken = new AtomicBoolean();
    disk.observe(
        operation -> {
          try {
            if (disk.exists(LogFormat.temporaryName(1)) && taken.compareAndSet(false, true)) {
              log.markDead(addresses.get(1) + 50, 50);
              checkpoint();
              takeASegment(appended);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    log.reclaim();
    disk.observe(null);
    assertTrue(taken.get());
    assertFalse(disk.exists(LogFormat.segmentName(1)));
    assertFalse(disk.exists(LogFormat.temporaryName(1)));
  }

  private void takeASegment(int blocks) throws IOException {
    long head = log.position().address() / SEGMENT_BLOCKS;
    while (log.position().address() / SEGMENT_BLOCKS == head) {
      append(blocks);
    }
  }

  /** A rewritten file would have to become longer. */
  @Test
  void appends_onFullDisk_takeTheLongestFileFirst() throws IOException {
    List<Long> addresses = fillSegments(4);
    log.markDead(addresses.get(0), 100);
    log.markDead(addresses.get(1), 80);
    checkpoint();
    log.reclaim();
    log.markDead(addresses.get(1) + 80, 20);
    addresses.subList(2, 6).forEach(address -> log.markDead(address, 100));
    checkpoint();
    disk.setCapacity(disk.usedBytes());
    fillSegments(2);
  }

  @Test
  void file_thatCannotBeTaken_isDeleted() throws IOException {
    fillSegments(4).forEach(address -> log.markDead(address, 100));
    checkpoint();
    disk.fail(disk.operations(), Fault.DISK_FULL);
    log.reclaim();
    checkpoint();
    log.reclaim();
    assertFalse(disk.exists(LogFormat.segmentName(1)));
  }
}
