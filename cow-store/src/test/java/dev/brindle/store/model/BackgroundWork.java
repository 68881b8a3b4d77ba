package dev.brindle.store.model;

import com.google.common.util.concurrent.Uninterruptibles;
import java.io.Closeable;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that syncs, checkpoints and reclaims all the time: nobody may notice. */
final class BackgroundWork implements Closeable {
  private static final int PAUSE_MICROS_MAX = 2_000;

  private final VersionedStore store;
  private final Random random;
  private final Thread thread = new Thread(this::loop, "background-work");
  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;

  BackgroundWork(VersionedStore store, Random random) {
    this.store = store;
    this.random = random;
    thread.start();
  }

  /** What was thrown, which ended it; null when nothing was. */
  @Nullable Throwable failure() {
    return failure;
  }

  private void loop() {
    try {
      while (!stopped) {
        switch (random.nextInt(4)) {
          case 0 -> store.checkpoint();
          case 1 -> store.reclaim();
          default -> store.sync();
        }
        LockSupport.parkNanos(random.nextInt(PAUSE_MICROS_MAX) * 1_000L);
      }
    } catch (Throwable e) {
      failure = e;
    }
  }

  @Override
  public void close() {
    stopped = true;
    Uninterruptibles.joinUninterruptibly(thread);
  }
}
