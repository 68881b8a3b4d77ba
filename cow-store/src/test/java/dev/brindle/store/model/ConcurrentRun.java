package dev.brindle.store.model;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * One volume's life: some calls one after the other, then small histories of concurrent ones, each
 * of which must have an order that the model explains. The only one on its store.
 */
final class ConcurrentRun {
  private static final int HISTORIES = 3;
  private static final int CALLS_BEFORE = 20;

  /** Without what leaves a hold that nobody ends, or nothing to make calls on. */
  private static final ConcurrentMix BEFORE =
      ConcurrentMix.without(
          EnumSet.of(
              ConcurrentOperation.HOLD,
              ConcurrentOperation.CREATE_HELD,
              ConcurrentOperation.CREATE_UNNAMED,
              ConcurrentOperation.UNLINK_HELD,
              ConcurrentOperation.RMDIR_HELD,
              ConcurrentOperation.RENAME_HELD,
              ConcurrentOperation.VOLUME_DELETE));

  private final VersionedStore store;
  private final ConcurrentHistory history;
  private final Random random;
  private final ModelStore model = new ModelStore();

  ConcurrentRun(VersionedStore store, ExecutorService threads, long seed) {
    this.store = store;
    this.history = new ConcurrentHistory(store, threads);
    this.random = new Random(seed);
  }

  /** The most threads that {@link #run} uses. */
  static int threadsMax() {
    return 4;
  }

  /**
   * Returns how many histories there were.
   *
   * @throws AssertionError one that no order explains
   */
  int run(Name volumeName) throws Exception {
    prepare(volumeName);
    int count = 0;
    while (count < HISTORIES && !model.state().volumes().isEmpty()) {
      List<List<ConcurrentCall<?, ?>>> programs = programs();
      List<RecordedCall<?, ?>> calls = history.run(programs, random.nextLong());
      ModelState before = model.state();
      model.goTo(Linearization.of(calls, model.moment(), last -> differs(before, last.state())));
      count++;
    }
    for (ModelVolume volume : model.state().volumesIn(0)) {
      store.deleteVolume(volume.id(), CloneDisposition.DELETE);
    }
    return count;
  }

  private void prepare(Name volumeName) throws IOException {
    one(VersionCalls.create(volumeName));
    long volume = model.state().volumes().at(0).getKey();
    one(NameCalls.create(volume, FileTree.ROOT_INODE, Name.of("a")));
    one(NameCalls.mkdir(volume, FileTree.ROOT_INODE, Name.of("b")));
    for (int i = 0; i < CALLS_BEFORE; i++) {
      one(BEFORE.next(random).choose(operands()));
    }
  }

  private ConcurrentOperands operands() {
    return new ConcurrentOperands(model.state(), random);
  }

  /** A call while there is no other. */
  private void one(ConcurrentCall<?, ?> call) throws IOException {
    for (RecordedCall<?, ?> made : history.make(call, 0).inSteps()) {
      String difference = made.differs(model);
      if (difference != null) {
        throw new AssertionError(made.line(made.begin()) + ": expected: " + difference);
      }
    }
  }

  private List<List<ConcurrentCall<?, ?>>> programs() {
    List<List<ConcurrentCall<?, ?>>> programs = new ArrayList<>();
    ConcurrentMix mix = ConcurrentMix.random(random);
    int threads = 2 + random.nextInt(threadsMax() - 1);
    for (int thread = 0; thread < threads; thread++) {
      List<ConcurrentCall<?, ?>> program = new ArrayList<>();
      int calls = 3 + random.nextInt(6);
      for (int i = 0; i < calls; i++) {
        program.add(mix.next(random).choose(operands()));
      }
      programs.add(program);
    }
    return programs;
  }

  /** Null when the store holds what the model does, of the volumes there were and are. */
  private @Nullable String differs(ModelState before, ModelState last) throws IOException {
    try {
      for (Map.Entry<Long, ModelVolume> entry : before.volumes()) {
        if (!last.volumes().containsKey(entry.getKey())
            && Outcome.of(() -> store.volume(entry.getKey())).succeeded()) {
          return "volume " + entry.getKey() + " is still there";
        }
      }
      for (Map.Entry<Long, ModelVolume> entry : last.volumes()) {
        compare(last, entry.getValue());
      }
      return null;
    } catch (AssertionError | FileSystemException e) {
      return e.getMessage();
    }
  }

  private void compare(ModelState state, ModelVolume volume) throws IOException {
    InodeComparison.equal(
        "full name", state.fullName(volume.id()), store.volume(volume.id()).fullName());
    compare(volume.id(), store.open(volume.id()), volume.tree());
    List<Long> snapshots = new ArrayList<>();
    store.snapshots(volume.id()).forEach(info -> snapshots.add(info.version()));
    List<ModelSnapshot> expected = state.snapshotsOf(volume.id());
    InodeComparison.equal(
        "snapshots", expected.stream().map(ModelSnapshot::version).toList(), snapshots);
    InodeComparison.equal(
        "clones", state.volumesIn(volume.id()).size(), store.clones(volume.id()).size());
    for (ModelSnapshot snapshot : expected) {
      compare(snapshot.version(), store.openSnapshot(snapshot.version()), snapshot.tree());
    }
  }

  private static void compare(long treeId, FileTree tree, TreeState expected) throws IOException {
    try {
      TreeComparison.compare(tree, expected, true, false);
    } catch (AssertionError e) {
      throw new AssertionError("tree %d: %s".formatted(treeId, e.getMessage()), e);
    }
  }
}
