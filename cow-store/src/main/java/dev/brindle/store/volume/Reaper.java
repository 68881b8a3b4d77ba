package dev.brindle.store.volume;

import dev.brindle.store.version.ReapProgress;
import dev.brindle.store.version.VersionTree;
import java.io.IOException;
import org.tinylog.Logger;

/** Frees deleted versions a bit at a time, between the operations of others. */
final class Reaper {
  private static final int BUDGET = 256;

  private final Engine engine;
  private final VersionTree versions;

  Reaper(Engine engine) {
    this.engine = engine;
    this.versions = engine.versions();
  }

  boolean isPending() {
    return versions.reapPending();
  }

  /**
   * Goes on until nothing is left.
   *
   * @param stopped asked between two steps
   */
  void run(java.util.function.BooleanSupplier stopped) throws IOException {
    ReapProgress progress = ReapProgress.MORE;
    while (progress != ReapProgress.IDLE && !stopped.getAsBoolean()) {
      engine.backlog().await(engine.fault());
      progress = step();
    }
  }

  private ReapProgress step() throws IOException {
    engine.gate().shared().lock();
    ReapProgress progress;
    try {
      progress = versions.reapStep(BUDGET);
    } catch (IOException | RuntimeException | Error e) {
      Logger.error(e, "freeing a deleted version failed; its space stays taken");
      engine.fault().report("freeing a deleted version", e);
      throw e;
    } finally {
      engine.gate().shared().unlock();
    }
    if (progress == ReapProgress.SPLICE) {
      engine.gate().exclusive().lock();
      try {
        versions.splice();
      } finally {
        engine.gate().exclusive().unlock();
      }
    }
    return progress;
  }
}
