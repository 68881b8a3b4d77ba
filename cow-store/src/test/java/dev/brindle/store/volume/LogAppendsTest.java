package dev.brindle.store.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.log.Append;
import dev.brindle.store.log.Log;
import dev.brindle.store.log.LogHold;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LogAppendsTest {
  private final FaultyDisk disk = new FaultyDisk();
  private final WriteFault fault = new WriteFault();

  /** What the one before left is among the redo that waits: it must not reach the log. */
  @Test
  void begin_behindAnAppendThatFailsHalfWay_isRefused_andLeavesTheLogFree() throws Exception {
    try (Log log = Log.create(disk, new StoreId(1, 2), 64, 0)) {
      SpaceGuard space =
          new SpaceGuard(disk, () -> 0, log::reservedBytes, log.segmentBytes(), () -> {});
      LogAppends appends = new LogAppends(log, new PendingRedo(), fault, space);
      CompletableFuture<Void> second = new CompletableFuture<>();
      Thread waiting = new Thread(() -> begin(appends, second));
      try (Append first = appends.begin(0, true)) {
        waiting.start();
        while (waiting.getState() != Thread.State.WAITING) {
          Thread.sleep(1);
        }
        fault.report("a test", new IOException("half-way"));
      }
      Throwable refused =
          assertThrows(ExecutionException.class, () -> second.get(30, TimeUnit.SECONDS)).getCause();
      assertEquals(Errno.EIO, assertInstanceOf(FileSystemException.class, refused).errno());
      waiting.join();
      try (LogHold free = log.hold()) {
        assertEquals(0, log.statistics().liveBytes());
      }
    }
  }

  private static void begin(LogAppends appends, CompletableFuture<Void> done) {
    try (Append append = appends.begin(0, true)) {
      done.complete(null);
    } catch (IOException | RuntimeException e) {
      done.completeExceptionally(e);
    }
  }
}
