package dev.brindle.store.model;

import dev.brindle.store.Timestamp;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Makes calls from several threads at once and notes when each began and ended. */
final class ConcurrentHistory {
  private static final int PAUSE_SPINS_MAX = 2_000;

  private final VersionedStore store;
  private final ExecutorService threads;

  /**
   * @param threads at least as many as there are programs
   */
  ConcurrentHistory(VersionedStore store, ExecutorService threads) {
    this.store = store;
    this.threads = threads;
  }

  /**
   * Runs one program a thread. What a thread holds it releases some calls later, at its end at the
   * latest.
   *
   * @return each thread's calls in their order
   */
  List<RecordedCall<?, ?>> run(List<List<ConcurrentCall<?, ?>>> programs, long seed)
      throws Exception {
    CyclicBarrier start = new CyclicBarrier(programs.size());
    List<Callable<List<RecordedCall<?, ?>>>> tasks = new ArrayList<>();
    for (int i = 0; i < programs.size(); i++) {
      int thread = i;
      tasks.add(
          () -> {
            start.await();
            return run(thread, programs.get(thread), new Random(seed + thread));
          });
    }
    List<RecordedCall<?, ?>> history = new ArrayList<>();
    for (Future<List<RecordedCall<?, ?>>> done : threads.invokeAll(tasks)) {
      try {
        history.addAll(done.get());
      } catch (ExecutionException e) {
        throw new AssertionError(e.getCause().toString(), e.getCause());
      }
    }
    return history;
  }

  private List<RecordedCall<?, ?>> run(
      int thread, List<ConcurrentCall<?, ?>> program, Random random) throws IOException {
    List<RecordedCall<?, ?>> calls = new ArrayList<>();
    Deque<ModelStore.Holder> held = new ArrayDeque<>();
    for (ConcurrentCall<?, ?> call : program) {
      RecordedCall<?, ?> made = make(call, thread);
      calls.addAll(made.inSteps());
      if (made.held() != null) {
        held.add(made.held());
      } else if (!held.isEmpty() && random.nextBoolean()) {
        calls.add(make(HoldCalls.release(held.remove()), thread));
      }
      pause(random);
    }
    while (!held.isEmpty()) {
      calls.add(make(HoldCalls.release(held.remove()), thread));
    }
    return calls;
  }

  /** Makes one call. */
  <T, M> RecordedCall<T, M> make(ConcurrentCall<T, M> call, int thread) throws IOException {
    Timestamp before = Timestamp.now();
    long begin = System.nanoTime();
    Outcome<T> outcome;
    try {
      outcome = Outcome.of(() -> call.onStore().run(store));
    } catch (IOException | RuntimeException e) {
      throw new AssertionError(call.what() + ": " + e, e);
    }
    long end = System.nanoTime();
    ModelTime time = new ModelTime(before, Timestamp.now());
    return new RecordedCall<>(call, thread, begin, end, time, outcome);
  }

  private static void pause(Random random) {
    if (random.nextInt(3) == 0) {
      Thread.yield();
    } else {
      for (int i = random.nextInt(PAUSE_SPINS_MAX); i > 0; i--) {
        Thread.onSpinWait();
      }
    }
  }
}
