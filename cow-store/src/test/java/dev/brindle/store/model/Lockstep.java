package dev.brindle.store.model;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.Errno;
import dev.brindle.store.FileTree;
import dev.brindle.store.Timestamp;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A store under test and the model, led through the same operations. Every answer is compared at
 * once, whole trees from time to time.
 */
final class Lockstep {
  private static final int TRACE_MAX = 400;
  private static final Pattern LONG_RUN = Pattern.compile("(.)\\1{20,}");

  private final Subject subject;
  private final ModelStore model = new ModelStore();
  private final List<String> trace = new ArrayList<>();
  private History history = new History(ModelState.EMPTY);
  private final Tally tally;

  /** The operation that the crash interrupted, on the model. */
  private @Nullable Interrupted atCrash;

  private Watcher watcher = interrupted -> {};
  private boolean fullDisk;

  /**
   * @param tally where operations and crashes are counted
   */
  Lockstep(Subject subject, Tally tally) {
    this.subject = subject;
    this.tally = tally;
  }

  /** Has every operation told to a watcher from now on. */
  void watch(Watcher newWatcher) {
    watcher = newWatcher;
  }

  /** From now on ENOSPC is a right answer to everything. */
  void expectFullDisk(boolean full) {
    fullDisk = full;
  }

  /** Whether an operation of several steps may have failed after the first. */
  boolean mayEndEarly() {
    return fullDisk || subject.hasCrashed();
  }

  VersionedStore store() {
    return subject.store();
  }

  ModelStore model() {
    return model;
  }

  ModelState state() {
    return model.state();
  }

  History history() {
    return history;
  }

  /** The last operations, oldest first. */
  List<String> trace() {
    return trace;
  }

  WritableFileTree open(long volume) throws IOException {
    return store().open(volume);
  }

  FileTree openTree(long treeId) throws IOException {
    return state().snapshots().containsKey(treeId)
        ? store().openSnapshot(treeId)
        : store().open(treeId);
  }

  /**
   * Runs an operation on the store, then on the model, and compares.
   *
   * @param onModel gets the store's answer (null when it refused), to learn its numbers
   * @param compare the answers of model and store
   * @return whether the operation succeeded
   */
  <T, M> boolean run(
      String what,
      Outcome.Call<T> onStore,
      Function<@Nullable T, M> onModel,
      BiConsumer<M, T> compare)
      throws IOException {
    return run(what, onStore, onModel, compare, recovered -> null);
  }

  /**
   * The same, for an operation that makes something with a number.
   *
   * @param inRecovered finds in a store after a crash what the operation made; null when there is
   *     no such thing
   */
  <T, M> boolean run(
      String what,
      Outcome.Call<T> onStore,
      Function<@Nullable T, M> onModel,
      BiConsumer<M, T> compare,
      Made<T> inRecovered)
      throws IOException {
    Outcome<T> actual = execute(what, onStore);
    Interrupted interrupted =
        recovered -> onModel.apply(Outcome.of(() -> inRecovered.find(recovered)).value());
    if (actual == null) {
      atCrash = interrupted;
      throw new CrashException(what);
    }
    watcher.ran(interrupted);
    if (fullDisk && actual.errno() == Errno.ENOSPC) {
      note("  -> ENOSPC");
      if (subject.hasCrashed()) {
        // a snapshot is taken before the redo that makes it durable finds the disk full
        atCrash = interrupted;
        throw new CrashException(what);
      }
      return false;
    }
    return answer(
        what,
        actual,
        found -> {
          M result = onModel.apply(found);
          history.add(model.state());
          return result;
        },
        compare);
  }

  /** Like {@link #run}, for an operation that changes nothing. */
  <T, M> boolean ask(
      String what,
      Outcome.Call<T> onStore,
      Function<@Nullable T, M> onModel,
      BiConsumer<M, T> compare)
      throws IOException {
    return answer(what, ask(what, onStore), onModel, compare);
  }

  /** The store's answer, for who compares it himself. */
  <T> Outcome<T> ask(String what, Outcome.Call<T> onStore) throws IOException {
    Outcome<T> actual = execute(what, onStore);
    if (actual == null) {
      throw new CrashException(what);
    }
    watcher.ran(null);
    return actual;
  }

  /** Null when the store crashed: the operation took place, or not. */
  private <T> @Nullable Outcome<T> execute(String what, Outcome.Call<T> onStore)
      throws IOException {
    note(what);
    tally.operations++;
    Timestamp before = Timestamp.now();
    Outcome<T> actual;
    try {
      actual = Outcome.of(onStore);
    } catch (IOException e) {
      if (subject.hasCrashed()) {
        return null;
      }
      throw e;
    } finally {
      model.at(new ModelTime(before, Timestamp.now()));
    }
    boolean fault = actual.errno() == Errno.EROFS || actual.errno() == Errno.EIO;
    return fault && subject.hasCrashed() ? null : actual;
  }

  private <T, M> boolean answer(
      String what, Outcome<T> actual, Function<@Nullable T, M> onModel, BiConsumer<M, T> compare) {
    M expected;
    try {
      expected = onModel.apply(actual.value());
    } catch (Refused refused) {
      if (actual.errno() == null || !refused.allowed().contains(actual.errno())) {
        throw new AssertionError(
            "%s: expected one of %s, found %s".formatted(what, refused.allowed(), actual));
      }
      note("  -> " + actual.errno());
      return false;
    }
    if (actual.errno() != null) {
      throw new AssertionError("%s: expected success, found %s".formatted(what, actual.errno()));
    }
    try {
      compare.accept(expected, actual.value());
    } catch (AssertionError e) {
      throw new AssertionError(what + ": " + e.getMessage(), e);
    }
    return true;
  }

  /** An operation without an answer. */
  boolean run(String what, Action onStore, Runnable onModel) throws IOException {
    return run(
        what,
        () -> {
          onStore.run();
          return true;
        },
        answer -> {
          onModel.run();
          return true;
        },
        (expected, actual) -> {});
  }

  /** Notes a line of the trace. */
  void note(String what) {
    if (trace.size() == TRACE_MAX) {
      trace.remove(0);
    }
    trace.add(LONG_RUN.matcher(what).replaceAll("$1$1..."));
  }

  void reopen() throws IOException {
    note("close and reopen");
    subject.reopen();
    watcher.ran(null);
    model.reset(model.state());
    history = new History(model.state());
    check(false);
    compareAll(new Random(tally.operations), 3, true);
  }

  void crash(long seed) throws IOException {
    note("crash and reopen, seed " + seed);
    subject.crash(seed);
    tally.crashes++;
    check(true);
    Recovery.Match found = recovered();
    tally.crashesWithLoss += found.index() < history.index() ? 1 : 0;
    model.reset(found.state());
    history = new History(model.state());
    compareAll(new Random(seed), 3, true);
  }

  /**
   * Compares the open store, in which something has failed, with the model: it has everything, and
   * perhaps the operation that failed.
   */
  void matchNow() throws IOException {
    History known = history.copy();
    model.provisionally(() -> perhaps(atCrash, store(), known));
    if (Recovery.matchLive(store(), known).index() < history.index()) {
      throw new AssertionError("an operation that succeeded is gone");
    }
  }

  /** As {@link #match}, for what the operation that failed last may have left. */
  long matchInterrupted(VersionedStore recovered) throws IOException {
    return match(recovered, atCrash);
  }

  /** The state that the store came back in. */
  private Recovery.Match recovered() throws IOException {
    Interrupted interrupted = atCrash;
    atCrash = null;
    perhaps(interrupted, store(), history);
    return Recovery.match(store(), history);
  }

  /**
   * Adds an operation to a history that a crash interrupted: it was done, or not. The model has it
   * from then on.
   */
  private void perhaps(@Nullable Interrupted interrupted, VersionedStore recovered, History known)
      throws IOException {
    if (interrupted != null) {
      ModelState before = model.state();
      try {
        interrupted.onModel(recovered);
        known.perhaps(before, model.state());
      } catch (Refused refused) {
        note("  -> refused, had it been done: " + refused.allowed());
      }
    }
  }

  /**
   * Finds the state that another store came back in, which crashed where this one is now.
   *
   * @param interrupted the operation in the middle of which it crashed
   * @return the number of the last operation that is in it
   */
  long match(VersionedStore recovered, @Nullable Interrupted interrupted) throws IOException {
    History known = history.copy();
    model.provisionally(() -> perhaps(interrupted, recovered, known));
    return Recovery.match(recovered, known).index();
  }

  /**
   * Runs operations until the disk crashes in the middle of one, or behind its back.
   *
   * @param next makes the next operation
   */
  void crashDuring(Random random, Action next) throws IOException {
    int operationsLeft = random.nextInt(60);
    if (!subject.planCrash(operationsLeft)) {
      return;
    }
    note("the disk crashes after %d operations on it".formatted(operationsLeft));
    try {
      for (int i = 0; i < 80 && !subject.hasCrashed(); i++) {
        next.run();
      }
    } catch (CrashException e) {
      note("  crashed in " + e.getMessage());
      tally.interrupted++;
    } catch (IOException e) {
      if (!subject.hasCrashed()) {
        throw e;
      }
    }
    crash(random.nextLong());
  }

  /** Lets the store verify its own rules. */
  void check(boolean readData) throws IOException {
    List<String> problems = new ArrayList<>(store().problems(readData));
    problems.removeIf(problem -> fullDisk && problem.startsWith("the host's disk is full"));
    if (!problems.isEmpty() && subject.hasCrashed()) {
      throw new CrashException("check");
    }
    if (!problems.isEmpty()) {
      throw new AssertionError(
          problems.size()
              + " problems found by the check:\n"
              + String.join("\n", problems.subList(0, Math.min(20, problems.size()))));
    }
  }

  /**
   * Compares everything with the model.
   *
   * @param dataOneIn of how many snapshots one is compared with its data; the heads always are
   * @param settled nothing is in buffers
   */
  void compareAll(Random random, int dataOneIn, boolean settled) throws IOException {
    Recovery.catalogue(store(), state());
    for (Map.Entry<Long, ModelVolume> entry : state().volumes()) {
      compareTree(entry.getKey(), entry.getValue().tree(), true, settled);
    }
    for (Map.Entry<Long, ModelSnapshot> entry : state().snapshots()) {
      compareTree(entry.getKey(), entry.getValue().tree(), random.nextInt(dataOneIn) == 0, true);
    }
  }

  private void compareTree(long treeId, TreeState expected, boolean withData, boolean settled)
      throws IOException {
    try {
      TreeComparison.compare(openTree(treeId), expected, withData, settled);
    } catch (AssertionError e) {
      ModelSnapshot snapshot = state().snapshots().get(treeId);
      String name =
          snapshot == null
              ? state().fullName(treeId)
              : state().fullName(snapshot.volume()) + "@" + snapshot.name();
      throw new AssertionError("%s (%d): %s".formatted(name, treeId, e.getMessage()), e);
    }
  }

  /** Deletes everything and verifies that nothing is left of it. */
  void deleteEverything() throws IOException {
    note("delete everything");
    model.reset(model.state());
    subject.reopen();
    for (ModelVolume volume : state().volumesIn(0)) {
      store().deleteVolume(volume.id(), CloneDisposition.DELETE);
      model.deleteVolume(volume.id(), CloneDisposition.DELETE);
    }
    InodeComparison.equal("volumes left", List.of(), store().volumes());
    store().reclaim();
    store().checkpoint();
    check(true);
    InodeComparison.equal("live bytes left", 0L, store().liveBytes());
    subject.reopen();
    InodeComparison.equal("live bytes left after a reopen", 0L, store().liveBytes());
    check(true);
  }

  /** The store under test crashed in the middle of an operation. */
  static final class CrashException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CrashException(String what) {
      super(what, null, false, false);
    }
  }

  /** Finds what an operation made. */
  interface Made<T> {
    @Nullable T find(VersionedStore store) throws IOException;
  }

  /** Does on the model what a crash interrupted, with the numbers that the recovered store has. */
  interface Interrupted {
    void onModel(VersionedStore recovered) throws IOException;
  }

  /** Learns of each operation when the store has done it and the model has not. */
  interface Watcher {
    void ran(@Nullable Interrupted operation) throws IOException;
  }

  /** Something a store does that may fail. */
  interface Action {
    void run() throws IOException;
  }
}
