package dev.brindle.store.model;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Loss;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Tries a crash at every operation that a store does on its disk: keeps, in the middle of each,
 * what several crashes would leave, and when the store's operation is done opens each of these
 * disks and looks for the state in the model's history. So the sequence itself goes on as if
 * nothing were.
 *
 * <p>Of what is opened, some is crashed again at every operation of its recovery, and must come
 * back in the same state each time.
 */
final class CrashPoints implements Lockstep.Watcher {
  /** A disk that a crash left; those that can still lose something are of a process's death. */
  private record Left(String when, FaultyDisk disk, boolean canLose) {}

  private static final Name NEW_NAME = Name.of("made after the crash");

  private final Lockstep lockstep;
  private final FaultyDisk disk;
  private final StoreOptions options;
  private final CrashEffort effort;
  private final long seed;
  private final Random random;

  @GuardedBy("this")
  private final Deque<Left> left = new ArrayDeque<>();

  private long tried;
  private long inRecovery;
  private long withLoss;

  CrashPoints(DiskSubject subject, Lockstep lockstep, CrashEffort effort, long seed) {
    this.lockstep = lockstep;
    this.disk = subject.disk();
    this.options = subject.options();
    this.effort = effort;
    this.seed = seed;
    this.random = new Random(seed);
  }

  /** Begins to try crashes. */
  void start() {
    disk.observe(this::during);
    lockstep.watch(this);
  }

  /** Tries what is left and ends. */
  void stop() throws IOException {
    keep("at the end");
    ran(null);
    disk.observe(null);
    lockstep.watch(operation -> {});
  }

  long tried() {
    return tried;
  }

  @Override
  public String toString() {
    return "%,d crash points, %,d of them in a recovery, %,d with a loss of operations"
        .formatted(tried, inRecovery, withLoss);
  }

  private void during(long operation) {
    if (new Random(seed ^ operation * 0x9e3779b97f4a7c15L).nextDouble() < effort.share()) {
      keep("at operation " + operation + " on the disk");
    }
  }

  private synchronized void keep(String when) {
    for (Loss loss : Loss.values()) {
      int choices = loss == Loss.ANY ? effort.randomLosses() : 1;
      for (int i = 0; i < choices; i++) {
        left.add(new Left(when + ", lost: " + loss, disk.afterCrash(loss, random), false));
      }
    }
    left.add(new Left(when + ", the process died", disk.fork(), true));
  }

  /** One of what crashes left, and forgets it: a disk that was opened has grown. */
  private synchronized @Nullable Left take() {
    return left.poll();
  }

  @Override
  public void ran(Lockstep.@Nullable Interrupted operation) throws IOException {
    for (Left crashed = take(); crashed != null; crashed = take()) {
      try {
        tryOut(crashed, operation);
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError("crash " + crashed.when + ": " + e.getMessage(), e);
      }
    }
  }

  private void tryOut(Left crashed, Lockstep.@Nullable Interrupted operation) throws IOException {
    Deque<Left> again = new ArrayDeque<>();
    boolean recoveryToo = random.nextDouble() < effort.recoveryShare();
    if (recoveryToo) {
      crashed.disk.observe(
          at -> {
            again.add(leftOf(crashed, at, Loss.ANY));
            again.add(leftOf(crashed, at, Loss.ALL_UNSYNCED));
          });
    }
    long index = open(crashed.disk, operation, !recoveryToo);
    withLoss += index < lockstep.history().index() ? 1 : 0;
    crashed.disk.observe(null);
    for (Left second = again.poll(); second != null; second = again.poll()) {
      long found;
      try {
        found = open(second.disk, operation, true);
      } catch (IOException | RuntimeException | AssertionError e) {
        throw new AssertionError(second.when + ": " + e.getMessage(), e);
      }
      inRecovery++;
      if (crashed.canLose ? found > index : found != index) {
        throw new AssertionError(
            second.when + ": came back in state " + found + " and before in " + index);
      }
    }
  }

  private Left leftOf(Left crashed, long at, Loss loss) {
    FaultyDisk disk = crashed.disk.afterCrash(loss, random);
    return new Left("and again at operation " + at + " of the recovery", disk, false);
  }

  /**
   * Opens what a crash left, verifies it and closes it.
   *
   * @param goOn whether to change something and open it once more
   */
  private long open(FaultyDisk from, Lockstep.@Nullable Interrupted operation, boolean goOn)
      throws IOException {
    tried++;
    long index;
    try (CoreStore store = new CoreStore(Store.open(from, options))) {
      check(store);
      index = lockstep.match(store, operation);
      if (goOn && random.nextInt(effort.goOnOneIn()) == 0) {
        goOn(store);
      } else {
        return index;
      }
    }
    try (CoreStore store = new CoreStore(Store.open(from, options))) {
      check(store);
      for (VolumeInfo volume : store.volumes()) {
        store.open(volume.id()).lookup(1, NEW_NAME);
      }
    }
    return index;
  }

  /** The recovered store is one that can be worked with. */
  private static void goOn(CoreStore store) throws IOException {
    for (VolumeInfo volume : store.volumes()) {
      WritableFileTree tree = store.open(volume.id());
      tree.setFlags(FileTree.ROOT_INODE, 0);
      long file =
          tree.create(FileTree.ROOT_INODE, NEW_NAME, FileMode.REGULAR | 0644, 0, 0, 0).inode();
      tree.write(file, 0, ByteBuffer.allocate(20_000));
      tree.fsync(file, false);
    }
    store.reclaim();
  }

  private static void check(CoreStore store) throws IOException {
    List<String> problems = store.problems(true);
    if (!problems.isEmpty()) {
      throw new AssertionError(
          problems.size() + " problems found by the check: " + String.join("\n", problems));
    }
  }
}
