package dev.brindle.store.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkerTest {
  private final AtomicInteger rounds = new AtomicInteger();
  private final WriteFault fault = new WriteFault();

  @Test
  void error_endsTheThread_andTheStoreTakesNoMoreChanges() throws Exception {
    CountDownLatch reported = new CountDownLatch(1);
    Worker worker =
        new Worker(
            "brindle-test",
            1,
            () -> {
              rounds.incrementAndGet();
              throw new OutOfMemoryError("Java heap space");
            },
            (name, error) -> {
              fault.report(name, error);
              reported.countDown();
            });
    worker.start();
    reported.await(10, TimeUnit.SECONDS);
    Thread.sleep(50); // many rounds, if there were any
    worker.stop();
    assertEquals(1, rounds.get());
    assertEquals(
        Errno.EROFS, assertThrows(FileSystemException.class, fault::refuseChanges).errno());
    assertEquals(Errno.EIO, assertThrows(FileSystemException.class, fault::refuseSync).errno());
  }

  @Test
  void exception_isTriedAgain() throws Exception {
    CountDownLatch third = new CountDownLatch(3);
    Worker worker =
        new Worker(
            "brindle-test",
            1,
            () -> {
              third.countDown();
              throw new IOException("not now");
            },
            fault::report);
    worker.start();
    third.await(10, TimeUnit.SECONDS);
    worker.stop();
    assertEquals(0, third.getCount());
    fault.refuseChanges();
  }
}
