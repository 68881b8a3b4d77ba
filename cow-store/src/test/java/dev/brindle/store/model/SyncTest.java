package dev.brindle.store.model;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Store;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.disk.FaultyDisk;
import dev.brindle.store.disk.FaultyDisk.Loss;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The syncs that the crash-consistency argument of {@code store.volume} names: there are no others,
 * and without any one of them a crash is found after which something is lost or broken. (The one of
 * the recovery takes two crashes in a row: {@code IndexCrashTest}.)
 */
class SyncTest {
  private static final String JOURNAL_FILE = "checkpoints/0.journal";
  private static final String SEGMENT = "log/0000000000000001.seg";

  private final List<String> synced = new ArrayList<>();

  private interface Body {
    void run(Store store, WritableFileTree tree) throws IOException;
  }

  private void onStore(Body body) throws IOException {
    FaultyDisk disk = new FaultyDisk();
    Store.create(disk, CrashRun.OPTIONS);
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      long volume = store.createVolume(name("volume"), 0, 0).id();
      WritableFileTree tree = store.open(volume);
      tree.fsync(ROOT, false);
      disk.ignoreSyncs(
          file -> {
            synced.add(file);
            return false;
          });
      body.run(store, tree);
    }
  }

  @Test
  void fsync_ofDataAndOfEverythingBefore_isOneSync() throws IOException {
    onStore(
        (store, tree) -> {
          write(tree, file(tree, "another", "not synced by itself"), 0, pattern(9_000, 1));
          long file = file(tree, "file");
          write(tree, file, 0, pattern(50_000, 2));
          tree.fsync(file, false);
          assertEquals(List.of(SEGMENT), synced);
          tree.fsync(file, false);
          assertEquals(List.of(SEGMENT), synced, "an fsync of what is durable");
        });
  }

  @Test
  void snapshot_isOneSync() throws IOException {
    onStore(
        (store, tree) -> {
          write(tree, file(tree, "file"), 0, pattern(50_000, 2));
          store.createSnapshot(store.volume("volume").id(), name("snapshot"));
          assertEquals(List.of(SEGMENT), synced);
        });
  }

  @Test
  void checkpoint_isASyncOfTheLogOfTheJournalAndOfTheIndex() throws IOException {
    onStore(
        (store, tree) -> {
          write(tree, file(tree, "file"), 0, pattern(50_000, 2));
          store.checkpoint();
          assertEquals(List.of(SEGMENT, JOURNAL_FILE, "index.db"), synced);
          synced.clear();
          tree.setxattr(ROOT, name("user.x"), pattern(5, 1), WritableFileTree.XattrMode.CREATE);
          store.checkpoint();
          assertEquals(List.of(JOURNAL_FILE, "index.db"), synced, "nothing new in the log");
        });
  }

  /** A sync of the code, and what shows that it is needed. */
  enum Sync {
    LOG_OF_FSYNC(
        CrashScenario.CREATE_WRITE_FSYNC, file -> file.endsWith(".seg") && !calledBy("Checkpoint")),
    LOG_OF_CHECKPOINT(
        CrashScenario.CHECKPOINTS, file -> file.endsWith(".seg") && calledBy("Checkpoint")),
    JOURNAL(CrashScenario.CHECKPOINTS, file -> file.equals(JOURNAL_FILE)),
    INDEX(CrashScenario.CHECKPOINTS, file -> file.equals("index.db")),
    NEW_SEGMENT(CrashScenario.SEGMENTS, file -> file.endsWith(".tmp") && calledBy("Spares")),
    NAME_OF_NEW_SEGMENT(CrashScenario.SEGMENTS, file -> file.equals("log/") && calledBy("Spares")),
    REWRITTEN_SEGMENT(
        CrashScenario.SEGMENTS, file -> file.endsWith(".tmp") && calledBy("SegmentRewriter"));

    private final CrashScenario scenario;
    private final Predicate<String> which;

    Sync(CrashScenario scenario, Predicate<String> which) {
      this.scenario = scenario;
      this.which = which;
    }

    private static boolean calledBy(String simpleName) {
      return StackWalker.getInstance()
          .walk(frames -> frames.anyMatch(f -> f.getClassName().endsWith("." + simpleName)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void sync_leftOut_failsACrashTest(Sync sync) {
    CrashEffort effort = new CrashEffort(1, 2, 0, 1000);
    AssertionError found =
        assertThrows(
            AssertionError.class,
            () ->
                new CrashRun(sync.name(), 1, effort)
                    .ignoringSyncs(sync.which)
                    .run(sync.scenario::onNewVolume));
    System.out.println(String.valueOf(found.getMessage()).lines().findFirst().orElse(""));
  }

  @Test
  void create_crashedAtEveryOperation_leavesAStoreOrNone() throws IOException {
    assertTrue(crashesOfCreation(file -> false) > 100);
  }

  @Test
  void create_withoutASyncOfTheSuperblock_failsThatTest() {
    assertThrows(AssertionError.class, () -> crashesOfCreation("superblock.new"::equals));
    assertThrows(AssertionError.class, () -> crashesOfCreation("/"::equals));
  }

  private static int crashesOfCreation(Predicate<String> ignored) throws IOException {
    FaultyDisk disk = new FaultyDisk();
    disk.ignoreSyncs(ignored);
    Random random = new Random(1);
    List<FaultyDisk> left = new ArrayList<>();
    disk.observe(
        operation -> {
          for (Loss loss : Loss.values()) {
            left.add(disk.afterCrash(loss, random));
          }
        });
    Store.create(disk, CrashRun.OPTIONS);
    disk.observe(null);
    for (FaultyDisk crashed : left) {
      if (!crashed.exists("superblock")) {
        Store.create(crashed, CrashRun.OPTIONS);
      }
      verifyEmpty(crashed);
    }
    for (Loss loss : Loss.values()) {
      verifyEmpty(disk.afterCrash(loss, random));
    }
    return left.size();
  }

  private static void verifyEmpty(FaultyDisk disk) {
    try (Store store = Store.open(disk, CrashRun.OPTIONS)) {
      assertEquals(List.of(), store.volumes());
      store.createVolume(name("first"), 0, 0);
    } catch (IOException e) {
      throw new AssertionError("a store that was created does not open: " + e.getMessage(), e);
    }
  }
}
