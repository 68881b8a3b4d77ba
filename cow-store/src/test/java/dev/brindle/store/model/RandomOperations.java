package dev.brindle.store.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Runs random sequences of operations on a store and the model. A sequence that fails is cut down
 * to the steps that matter, and printed with its seed.
 */
final class RandomOperations {
  /** Makes an empty store. */
  interface SubjectFactory {
    Subject create() throws IOException;
  }

  /** How a sequence failed. */
  record Failure(Throwable cause, int steps, List<String> trace) {}

  private final SubjectFactory factory;
  private final long shrinkMillisMax;
  private final Tally tally = new Tally();

  /**
   * @param shrinkMillisMax how long a sequence that failed is cut down
   */
  RandomOperations(SubjectFactory factory, long shrinkMillisMax) {
    this.factory = factory;
    this.shrinkMillisMax = shrinkMillisMax;
  }

  Tally tally() {
    return tally;
  }

  /**
   * Runs one sequence.
   *
   * @throws AssertionError with the seed, the cut-down sequence and its trace
   */
  void run(long seed, int length) {
    Random random = new Random(seed);
    List<Operation.Step> steps = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      steps.add(Operation.random(random));
    }
    Failure failure = run(steps);
    if (failure != null) {
      throw failed(seed, shrink(steps.subList(0, failure.steps()), failure));
    }
  }

  private static AssertionError failed(long seed, Failure failure) {
    return new AssertionError(
        "seed %d: %s%nafter %d steps:%n  %s"
            .formatted(
                seed,
                failure.cause().getMessage(),
                failure.steps(),
                String.join("\n  ", failure.trace())),
        failure.cause());
  }

  /** Null when all went well. */
  private @Nullable Failure run(List<Operation.Step> steps) {
    Lockstep lockstep = null;
    Failure failure = null;
    try (Subject subject = factory.create()) {
      lockstep = new Lockstep(subject, tally);
      failure = run(steps, lockstep);
    } catch (IOException | RuntimeException | AssertionError e) {
      if (failure == null) {
        List<String> trace = lockstep == null ? List.of() : lockstep.trace();
        return new Failure(e, steps.size(), List.copyOf(trace));
      }
      failure.cause().addSuppressed(e);
    }
    return failure;
  }

  private static @Nullable Failure run(List<Operation.Step> steps, Lockstep lockstep) {
    int done = 0;
    try {
      for (Operation.Step step : steps) {
        done++;
        step.run(lockstep);
      }
      lockstep.compareAll(new Random(done), 1, false);
      lockstep.check(true);
      lockstep.deleteEverything();
      return null;
    } catch (IOException | RuntimeException | AssertionError e) {
      return new Failure(e, done, List.copyOf(lockstep.trace()));
    }
  }

  /** Leaves out ever smaller parts, as long as what is left still fails. */
  private Failure shrink(List<Operation.Step> failing, Failure first) {
    List<Operation.Step> steps = new ArrayList<>(failing);
    Failure failure = first;
    long end = System.nanoTime() + shrinkMillisMax * 1_000_000;
    for (int part = Math.max(1, steps.size() / 2); part >= 1; part /= 2) {
      for (int from = 0; from < steps.size() - 1 && System.nanoTime() < end; ) {
        List<Operation.Step> fewer = new ArrayList<>(steps.subList(0, from));
        fewer.addAll(steps.subList(Math.min(steps.size() - 1, from + part), steps.size()));
        Failure again = run(fewer);
        if (again == null) {
          from += part;
        } else {
          steps = new ArrayList<>(fewer.subList(0, again.steps()));
          failure = again;
        }
      }
    }
    return failure;
  }

  /** Seeds for a configuration: the same each time, unless a full run asks for fresh ones. */
  static List<Long> seeds(String configuration, int count) {
    SplittableRandom random = new SplittableRandom(configuration.hashCode());
    List<Long> seeds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      seeds.add(random.nextLong());
    }
    return seeds;
  }
}
