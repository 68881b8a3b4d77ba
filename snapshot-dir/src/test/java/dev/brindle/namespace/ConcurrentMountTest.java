package dev.brindle.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConcurrentMountTest extends MountFixture {
  private static final int VERSIONS = 150;
  private static final int READERS = 3;
  private static final int ROUNDS = 50;

  /** What a call may answer whose snapshot or clone comes and goes meanwhile. */
  private static final Set<Errno> GONE = EnumSet.of(Errno.ENOENT, Errno.ESTALE);

  private static final Set<Errno> KEPT = EnumSet.of(Errno.ENOENT, Errno.ESTALE, Errno.EBUSY);

  /**
   * One thread writes a number and takes a snapshot and a clone of that name, others read what they
   * find under a name and delete: what is read is what was written, and nothing stays held.
   */
  @Test
  void versions_thatComeAndGo_areNeverTakenForEachOther() throws Exception {
    long seed = System.nanoTime();
    System.out.println("ConcurrentMountTest seed " + seed);
    mkdir("/d");
    write("/d/f", "000");
    AtomicInteger made = new AtomicInteger();
    AtomicBoolean ended = new AtomicBoolean();
    CountDownLatch firstRead = new CountDownLatch(1);
    List<Callable<Void>> workers = new ArrayList<>();
    workers.add(
        () -> {
          try {
            makeVersions(made, firstRead);
          } finally {
            ended.set(true);
          }
          return null;
        });
    for (int reader = 0; reader < READERS; reader++) {
      Random random = new Random(seed + reader);
      workers.add(
          () -> {
            while (!ended.get()) {
              if (made.get() > 0) {
                String name = name(made.get() - random.nextInt(Math.min(8, made.get())));
                step(random, name, firstRead);
              }
            }
            return null;
          });
    }
    run(workers);
    for (String name : list("/.clones")) {
      rmdir("/.clones/" + name);
    }
    for (String name : list("/.snapshots")) {
      rmdir("/.snapshots/" + name);
    }
  }

  /** Of a deletion and a rename of one name, one succeeds and the other finds nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"/.snapshots/", "/.clones/"})
  void rmdir_thatMeetsARename_deletesNothingOfAnotherName(String directory) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      mkdir(directory + "x");
      CyclicBarrier start = new CyclicBarrier(2);
      AtomicInteger successes = new AtomicInteger();
      Call rmdir = () -> rmdir(directory + "x");
      Call rename = () -> rename(directory + "x", directory + "y");
      List<Callable<Void>> workers = new ArrayList<>();
      for (Call call : List.of(rmdir, rename)) {
        workers.add(
            () -> {
              start.await();
              allowed(
                  EnumSet.of(Errno.ENOENT),
                  () -> {
                    call.run();
                    successes.incrementAndGet();
                  });
              return null;
            });
      }
      run(workers);
      assertEquals(1, successes.get(), "in round " + round);
      for (String name : list(directory)) {
        rmdir(directory + name);
      }
    }
  }

  private void makeVersions(AtomicInteger made, CountDownLatch firstRead) throws Exception {
    for (int number = 1; number <= VERSIONS; number++) {
      String name = name(number);
      write("/d/f", name);
      mkdir("/d/.snapshots/" + name);
      mkdir("/.snapshots/" + name + "/.clones/" + name);
      made.set(number);
      assertTrue(firstRead.await(60, TimeUnit.SECONDS), "nothing was read");
    }
  }

  /** Reads or deletes; what is to be read first is not deleted. */
  private void step(Random random, String name, CountDownLatch firstRead) throws IOException {
    String path =
        switch (random.nextInt(3)) {
          case 0 -> "/d/.snapshots/" + name + "/f";
          case 1 -> "/.snapshots/" + name + "/d/f";
          default -> "/.clones/" + name + "/d/f";
        };
    switch (firstRead.getCount() > 0 ? 2 : random.nextInt(8)) {
      case 0 -> allowed(KEPT, () -> rmdir("/.clones/" + name));
      case 1 -> allowed(KEPT, () -> rmdir("/d/.snapshots/" + name));
      default ->
          allowed(
              GONE,
              () -> {
                assertEquals(name, read(path), path);
                firstRead.countDown();
              });
    }
  }

  private interface Call {
    void run() throws IOException;
  }

  private static void allowed(Set<Errno> answers, Call call) throws IOException {
    try {
      call.run();
    } catch (FileSystemException e) {
      assertTrue(answers.contains(e.errno()), e.errno().name());
    }
  }

  private static String name(int number) {
    return "%03d".formatted(number);
  }

  private static void run(List<Callable<Void>> workers) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(workers.size());
    try {
      for (Future<Void> done : threads.invokeAll(workers)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
