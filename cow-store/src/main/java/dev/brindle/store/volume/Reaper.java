package dev.brindle.store.volume;

import dev.brindle.store.version.ReapProgress;
import dev.brindle.store.version.VersionTree;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.tinylog.Logger;

/** Frees deleted versions, and orphans, a bit at a time, between the operations of others. */
final class Reaper {
  private static final int BUDGET = 256;
  private static final long RETRY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Engine engine;
  private final VersionTree versions;
  private final Queue<OrphanRemoval> orphans = new ConcurrentLinkedQueue<>();

  /** A step that cannot read leaves what it did whole, and is tried again later. */
  private volatile long pausedUntilNanos = System.nanoTime();

  Reaper(Engine engine) {
    this.engine = engine;
    this.versions = engine.versions();
  }

  void add(OrphanRemoval removal) {
    orphans.add(removal);
  }

  boolean isPending() {
    return !isPaused() && (versions.reapPending() || !orphans.isEmpty());
  }

  private boolean isPaused() {
    return pausedUntilNanos - System.nanoTime() > 0;
  }

  /**
   * Goes on until nothing is left.
   *
   * @param stopped asked between two steps
   */
  void run(BooleanSupplier stopped) throws IOException {
    boolean more = isPending();
    while (more && !stopped.getAsBoolean()) {
      engine.backlog().await(engine.fault());
      boolean orphansAreLeft = removeOrphans();
      more = (step() != ReapProgress.IDLE || orphansAreLeft) && !isPaused();
    }
  }

  /** One step; whether there are more. */
  private boolean removeOrphans() throws IOException {
    OrphanRemoval first = orphans.peek();
    if (first != null && first.run(1)) {
      orphans.remove(first);
    }
    return !orphans.isEmpty();
  }

  private ReapProgress step() throws IOException {
    engine.gate().shared().lock();
    ReapProgress progress;
    try {
      progress = versions.reapStep(BUDGET);
    } catch (IOException e) {
      Logger.error(e, "a deleted version could not be freed; it is tried again in a minute");
      pausedUntilNanos = System.nanoTime() + RETRY_NANOS;
      return ReapProgress.IDLE;
    } catch (RuntimeException | Error e) {
      engine.fault().report("freeing a deleted version", e);
      throw e;
    } finally {
      engine.gate().shared().unlock();
    }
    if (progress == ReapProgress.SPLICE) {
      splice();
    }
    return progress;
  }

  private void splice() {
    engine.gate().exclusive().lock();
    try {
      versions.splice();
    } catch (RuntimeException | Error e) {
      engine.fault().report("freeing a deleted version", e);
      throw e;
    } finally {
      engine.gate().exclusive().unlock();
    }
  }
}
