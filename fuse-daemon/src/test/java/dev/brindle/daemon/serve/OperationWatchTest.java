package dev.brindle.daemon.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OperationWatchTest {
  private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private final OperationWatch watch = new OperationWatch(SLOW_NANOS, log::add);
  private final CountDownLatch disk = new CountDownLatch(1);

  private void readFromDiskThatHangs() throws InterruptedException {
    disk.await();
  }

  @Test
  void operationThatHangs_isToldOnceWithItsStack_andItsEndToo() throws Exception {
    Thread worker =
        new Thread(
            () -> {
              watch.begin("/mnt", "read", 17);
              try {
                readFromDiskThatHangs();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                watch.end();
              }
            },
            "fuse-1");
    worker.start();
    String told = log.poll(10, TimeUnit.SECONDS);
    assertTrue(String.valueOf(told).startsWith("/mnt: read of node 17 takes longer"), told);
    assertTrue(String.valueOf(told).contains("thread fuse-1"), told);
    assertTrue(String.valueOf(told).contains("readFromDiskThatHangs"), told);
    assertNull(log.poll(1_500, TimeUnit.MILLISECONDS));
    disk.countDown();
    worker.join();
    String ended = log.poll(10, TimeUnit.SECONDS);
    assertTrue(String.valueOf(ended).startsWith("/mnt: read of node 17 has ended after"), ended);
    assertEquals(0, log.size());
  }

  @Test
  void quickOperations_areNotTold() throws Exception {
    long longest;
    do {
      log.clear();
      longest = 0;
      for (int i = 0; i < 20; i++) {
        long begun = System.nanoTime();
        watch.begin("/mnt", "write", i);
        Thread.sleep(75); // together longer than SLOW_NANOS
        watch.end();
        longest = Math.max(longest, System.nanoTime() - begun);
      }
    } while (longest > SLOW_NANOS / 2); // on a busy machine
    assertEquals(0, log.size());
  }
}
