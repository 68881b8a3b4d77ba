package dev.brindle.store.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.Store;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Fault;
import dev.brindle.store.disk.FaultyDisk.Loss;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each operation on the disk fails once while a scenario runs: with an input/output error, or
 * because the disk is full. {@code -Dbrindle.full=true} fails every single one.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RuntimeFaultTest {
  private static final boolean FULL = Boolean.getBoolean("brindle.full");

  /** Of so many operations one fails in a default run. */
  private static final int ONE_IN = FULL ? 1 : 12;

  private static final Name NEW = Name.of("after the fault");
  private static final AtomicLong READ_ONLY = new AtomicLong();
  private static final AtomicLong WENT_ON = new AtomicLong();

  @AfterAll
  static void printCounts() {
    System.out.printf(
        "runtime faults: the store turned read-only after %,d of them and went on after %,d%n",
        READ_ONLY.get(), WENT_ON.get());
  }

  @ParameterizedTest
  @EnumSource
  void inputOutputError_atAnyOperation_losesNothingThatWasAcknowledged(CrashScenario scenario)
      throws IOException {
    everyOperation(scenario, Fault.INPUT_OUTPUT_ERROR);
  }

  @ParameterizedTest
  @EnumSource
  void fullDisk_atAnyOperation_losesNothingThatWasAcknowledged(CrashScenario scenario)
      throws IOException {
    everyOperation(scenario, Fault.DISK_FULL);
  }

  private static void everyOperation(CrashScenario scenario, Fault fault) throws IOException {
    int skip = new Random(scenario.ordinal()).nextInt(ONE_IN);
    for (int at = skip; new RuntimeFaultTest().failsAt(scenario, fault, at); at += ONE_IN) {
      assertTrue(at < 100_000);
    }
  }

  /** Returns false when the scenario ended before the fault. */
  private boolean failsAt(CrashScenario scenario, Fault fault, int at) throws IOException {
    Lockstep lockstep = null;
    try (DiskSubject subject = new DiskSubject(CrashRun.OPTIONS)) {
      lockstep = new Lockstep(subject, new Tally());
      lockstep.expectFullDisk(fault == Fault.DISK_FULL);
      FaultyDisk disk = subject.disk();
      disk.fail(disk.operations() + at, fault);
      try {
        scenario.onNewVolume(new Script(lockstep, 1), disk);
      } catch (Lockstep.CrashException e) {
        lockstep.note("  failed in " + e.getMessage());
      } catch (IOException e) {
        if (!disk.hasFailed()) {
          throw e;
        }
        lockstep.note("  failed while the store was closed and opened: " + e.getMessage());
        verifyRecovered(lockstep, disk);
        return true;
      }
      if (!disk.hasFailed()) {
        disk.clearFaults();
        return false;
      }
      disk.setCapacity(Long.MAX_VALUE);
      afterFault(lockstep, disk);
      return true;
    } catch (IOException | RuntimeException | AssertionError e) {
      List<String> trace = lockstep == null ? List.of() : lockstep.trace();
      throw new AssertionError(
          "%s, %s at operation %d: %s%n  %s"
              .formatted(scenario, fault, at, e.getMessage(), String.join("\n  ", trace)),
          e);
    }
  }

  private static void afterFault(Lockstep lockstep, FaultyDisk disk) throws IOException {
    Store store = ((CoreStore) lockstep.store()).store();
    lockstep.matchNow();
    if (store.status().readOnlyReason() == null) {
      WENT_ON.incrementAndGet();
      goesOn(lockstep, store, disk);
    } else {
      READ_ONLY.incrementAndGet();
      isReadOnly(lockstep, store, disk);
    }
  }

  /** The operation failed, if any did, and nothing else has happened. */
  private static void goesOn(Lockstep lockstep, Store store, FaultyDisk disk) throws IOException {
    for (Map.Entry<Long, ModelVolume> volume : lockstep.state().volumes()) {
      for (Map.Entry<Long, ModelInode> inode : volume.getValue().tree().inodes()) {
        if (inode.getValue().isRegular()) {
          store.open(volume.getKey()).fsync(inode.getKey(), false);
        }
      }
    }
    store.checkpoint();
    store.reclaim();
    lockstep.matchNow();
    lockstep.check(true);
    try (CoreStore again = opened(disk.afterCrash(Loss.ALL_UNSYNCED, new Random(1)))) {
      lockstep.matchInterrupted(again);
    }
  }

  /** No change is taken, no sync succeeds, and reads go on. */
  private static void isReadOnly(Lockstep lockstep, Store store, FaultyDisk disk)
      throws IOException {
    assertNotNull(store.status().readOnlyReason());
    for (Map.Entry<Long, ModelVolume> volume : lockstep.state().volumes()) {
      WritableFileTree tree = store.open(volume.getKey());
      for (int time = 1; time <= 2; time++) {
        for (Map.Entry<Long, ModelInode> inode : volume.getValue().tree().inodes()) {
          if (lockstep.history().file(volume.getKey(), inode.getKey()) != null) {
            assertThrows(IOException.class, () -> tree.fsync(inode.getKey(), false));
          }
        }
      }
      int mode = FileMode.REGULAR | 0644;
      assertThrows(IOException.class, () -> tree.create(FileTree.ROOT_INODE, NEW, mode, 0, 0, 0));
    }
    assertThrows(IOException.class, store::sync);
    assertThrows(IOException.class, store::checkpoint);
    lockstep.matchNow();
    verifyRecovered(lockstep, disk);
  }

  private static void verifyRecovered(Lockstep lockstep, FaultyDisk disk) throws IOException {
    for (Loss loss : Loss.values()) {
      try (CoreStore again = opened(disk.afterCrash(loss, new Random(1)))) {
        lockstep.matchInterrupted(again);
      }
    }
    for (Loss loss : Loss.values()) {
      verifyRestarted(lockstep, disk.fork(), loss);
    }
  }

  /**
   * A new process finds in the host's memory what a failed sync has not brought to the disk, and
   * what it says it has found outlives a crash of the host.
   */
  private static void verifyRestarted(Lockstep lockstep, FaultyDisk disk, Loss loss)
      throws IOException {
    long found;
    FaultyDisk crashed;
    try (CoreStore restarted = opened(disk)) {
      found = lockstep.matchInterrupted(restarted);
      crashed = disk.afterCrash(loss, new Random(1));
    }
    try (CoreStore again = opened(crashed)) {
      assertEquals(found, lockstep.matchInterrupted(again), "what was there after a restart");
    }
  }

  private static CoreStore opened(FaultyDisk disk) throws IOException {
    CoreStore store = new CoreStore(Store.open(disk, CrashRun.OPTIONS));
    List<String> problems = store.problems(true);
    if (!problems.isEmpty()) {
      store.close();
      throw new AssertionError("found by the check: " + String.join("\n", problems));
    }
    return store;
  }
}
