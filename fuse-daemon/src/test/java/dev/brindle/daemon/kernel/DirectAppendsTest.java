package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.common.util.concurrent.Uninterruptibles;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class DirectAppendsTest {
  private static final long NODE = 7;
  private static final int PARTS = 8;

  /** Long enough to wait for a part that comes, and to wait for it in vain. */
  private static final long PATIENCE_MILLIS = 3_000;

  private DirectAppends appends = waiting(20_000);
  private final AtomicLong size = new AtomicLong();
  private final List<Long> order = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  /** Each part waits for so long in vain; where a failure was is not forgotten. */
  private static DirectAppends waiting(long millis) {
    long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
    return new DirectAppends(nanos, nanos, TimeUnit.MINUTES.toNanos(1));
  }

  private Future<Long> append(long part) {
    return threads.submit(
        () ->
            appends.append(
                NODE,
                part,
                size::get,
                () -> {
                  order.add(part);
                  return size.getAndIncrement();
                }));
  }

  @Test
  void parts_thatComeInTheWrongOrder_goInTheRightOne() throws Exception {
    List<Future<Long>> parts = new ArrayList<>();
    for (long part = PARTS - 1; part >= 0; part--) {
      parts.add(append(part));
    }
    for (Future<Long> part : parts) {
      part.get();
    }
    assertEquals(List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L), order);
  }

  @Test
  void partsBehindOneThatFailed_fail() throws Exception {
    Future<Long> later = append(2);
    Future<Long> failed =
        threads.submit(
            () ->
                appends.append(
                    NODE,
                    1,
                    () -> 1,
                    () -> {
                      pause();
                      throw new FileSystemException(Errno.ENOSPC);
                    }));
    assertEquals(Errno.ENOSPC, errno(failed));
    assertEquals(Errno.EIO, errno(later));
    assertEquals(0, append(0).get());
  }

  /** The worker of a later part may be late. */
  @Test
  void partsBehindOneThatHasFailed_fail() throws Exception {
    appends = waiting(PATIENCE_MILLIS);
    Future<Long> failed =
        threads.submit(
            () ->
                appends.append(
                    NODE,
                    0,
                    () -> 0,
                    () -> {
                      throw new FileSystemException(Errno.EDQUOT);
                    }));
    assertEquals(Errno.EDQUOT, errno(failed));
    assertEquals(Errno.EIO, errno(append(1)));
    Future<Long> again = append(1);
    assertEquals(0, append(0).get());
    assertEquals(1, again.get());
  }

  /** Another mount has cut the file: nothing is to come before. */
  @Test
  void part_beforeWhichNothingComes_isAppended() throws Exception {
    appends = waiting(100);
    assertEquals(0, append(5).get());
  }

  /** Another mount has appended, too. */
  @Test
  void part_whosePlaceIsTaken_goesBehind() throws Exception {
    appends = waiting(100);
    size.set(9);
    assertEquals(9, append(5).get());
  }

  @Test
  void parts_whosePlacesAreTaken_keepTheirOrder() throws Exception {
    appends = waiting(100);
    size.set(100);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    Future<Long> first =
        threads.submit(
            () ->
                appends.append(
                    NODE,
                    1,
                    size::get,
                    () -> {
                      begun.countDown();
                      Uninterruptibles.awaitUninterruptibly(goesOn);
                      order.add(1L);
                      return size.getAndIncrement();
                    }));
    begun.await();
    Future<Long> second = append(2);
    pause();
    assertEquals(List.of(), order);
    goesOn.countDown();
    first.get();
    second.get();
    assertEquals(List.of(1L, 2L), order);
  }

  @Test
  void parts_whosePlacesAreTaken_andTheFirstComesLast_keepTheirOrder() throws Exception {
    appends = waiting(PATIENCE_MILLIS);
    size.set(100);
    AtomicBoolean received = new AtomicBoolean();
    Future<Long> second =
        threads.submit(
            () ->
                appends.append(
                    NODE,
                    2,
                    () -> {
                      received.set(true);
                      return size.get();
                    },
                    () -> {
                      order.add(2L);
                      return size.getAndIncrement();
                    }));
    while (!received.get()) {
      Thread.onSpinWait();
    }
    append(1).get();
    second.get();
    assertEquals(List.of(1L, 2L), order);
  }

  private static void pause() {
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Errno errno(Future<Long> part) {
    ExecutionException thrown = assertThrows(ExecutionException.class, part::get);
    return ((FileSystemException) thrown.getCause()).errno();
  }
}
