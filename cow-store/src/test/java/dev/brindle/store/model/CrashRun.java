package dev.brindle.store.model;

import dev.brindle.store.StoreOptions;
import dev.brindle.store.disk.FaultyDisk;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;

/** Runs a sequence of operations on a new store and tries crashes all the while. */
final class CrashRun {
  /** Segments of 256 KiB; checkpoints when they are asked for. */
  static final StoreOptions OPTIONS = new StoreOptions(4L << 20, 1L << 20, 4L << 20, 3_600_000, 64);

  /** The operations. */
  interface Body {
    void run(Script script, FaultyDisk disk) throws IOException;
  }

  private final String name;
  private final long seed;
  private final CrashEffort effort;
  private Predicate<String> ignoredSyncs = file -> false;

  CrashRun(String name, long seed, CrashEffort effort) {
    this.name = name;
    this.seed = seed;
    this.effort = effort;
  }

  /** Leaves out some syncs. */
  CrashRun ignoringSyncs(Predicate<String> which) {
    ignoredSyncs = which;
    return this;
  }

  /**
   * Runs all of it.
   *
   * @throws AssertionError a store did not come back as it must; with the trace
   */
  CrashPoints run(Body body) {
    Lockstep lockstep = null;
    try (DiskSubject subject = new DiskSubject(OPTIONS)) {
      subject.disk().ignoreSyncs(ignoredSyncs);
      lockstep = new Lockstep(subject, new Tally());
      CrashPoints points = new CrashPoints(subject, lockstep, effort, seed);
      long start = System.nanoTime();
      points.start();
      body.run(new Script(lockstep, seed), subject.disk());
      points.stop();
      lockstep.check(true);
      System.out.printf(
          "%s: %s, %.1f ms each, seed %d%n",
          name, points, (System.nanoTime() - start) / 1e6 / points.tried(), seed);
      return points;
    } catch (IOException | RuntimeException | AssertionError e) {
      List<String> trace = lockstep == null ? List.of() : lockstep.trace();
      throw new AssertionError(
          "%s, seed %d: %s%n  %s".formatted(name, seed, e.getMessage(), String.join("\n  ", trace)),
          e);
    }
  }
}
