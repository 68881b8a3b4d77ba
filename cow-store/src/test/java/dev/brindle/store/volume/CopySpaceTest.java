package dev.brindle.store.volume;

import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.CloneDisposition;
import dev.brindle.store.FileTree;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.check.Check;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What copies by reference take of space, and what comes back when they go. */
class CopySpaceTest {
  private static final int BLOCK = 4096;
  private static final int BLOCKS = 200;
  private static final byte[] CONTENT = pattern(BLOCKS * BLOCK, 1);

  @TempDir Path directory;
  private Store store;
  private long volume;
  private WritableFileTree tree;
  private long original;

  @BeforeEach
  void createStore() throws IOException {
    Store.create(directory, StoreOptions.defaults());
    store = Store.open(directory, StoreOptions.defaults());
    volume = store.createVolume(name("main"), 0, 0).id();
    tree = store.open(volume);
    original = file(tree, "original");
    write(tree, original, 0, CONTENT);
    tree.sync();
  }

  @AfterEach
  void checkStore() throws IOException {
    assertEquals(List.of(), Check.run(store, true).problems());
    store.close();
  }

  private long copy(WritableFileTree to, FileTree from, String name) throws IOException {
    long copy = file(to, name);
    assertEquals(CONTENT.length, to.copyRange(from, original, 0, copy, 0, Long.MAX_VALUE));
    return copy;
  }

  private void assertLive(int blocks) throws IOException {
    store.reclaim();
    assertEquals(List.of(), Check.run(store, false).problems());
    assertEquals((long) blocks * BLOCK, store.status().liveBytes());
  }

  @Test
  void copies_takeNoSpace_andTheLastOneGivesItBack() throws IOException {
    for (int i = 0; i < 10; i++) {
      copy(tree, tree, "copy " + i);
    }
    assertLive(BLOCKS);
    tree.unlink(ROOT, name("original"));
    for (int i = 0; i < 9; i++) {
      tree.unlink(ROOT, name("copy " + i));
      assertLive(BLOCKS);
    }
    long last = tree.lookup(ROOT, name("copy 9")).inode();
    assertArrayEquals(CONTENT, read(tree, last, 0, CONTENT.length));
    tree.unlink(ROOT, name("copy 9"));
    assertLive(0);
  }

  @Test
  void overwrittenPart_ofACopy_takesJustThat() throws IOException {
    long copy = copy(tree, tree, "copy");
    write(tree, copy, 50 * BLOCK, pattern(10 * BLOCK, 2));
    tree.sync();
    assertLive(BLOCKS + 10);
    tree.fallocate(original, FallocateMode.PUNCH_HOLE, 40 * BLOCK, 30L * BLOCK);
    assertLive(BLOCKS);
    tree.setattr(original, AttributeChange.ofSize(0));
    assertLive(BLOCKS);
    tree.unlink(ROOT, name("copy"));
    assertLive(0);
  }

  @Test
  void copyOntoItsOwnCopy_leavesOneReferenceEach() throws IOException {
    long copy = copy(tree, tree, "copy");
    for (int i = 0; i < 5; i++) {
      tree.copyRange(tree, original, 0, copy, 0, Long.MAX_VALUE);
      tree.copyRange(tree, copy, 0, original, 0, Long.MAX_VALUE);
    }
    assertLive(BLOCKS);
    tree.unlink(ROOT, name("copy"));
    tree.unlink(ROOT, name("original"));
    assertLive(0);
  }

  @Test
  void copiesOfSnapshotsAndClones_outliveThem_inAnyOrder() throws IOException {
    long snapshot = store.createSnapshot(volume, name("s")).version();
    long clone = store.cloneSnapshot(snapshot, name("c")).id();
    WritableFileTree cloned = store.open(clone);
    write(cloned, original, 0, pattern(BLOCK, 3));
    cloned.sync();
    long ofSnapshot = copy(tree, store.openSnapshot(snapshot), "of the snapshot");
    long ofClone = copy(tree, cloned, "of the clone");
    copy(cloned, tree, "of the volume");
    assertLive(BLOCKS + 1);
    store.deleteVolume(clone, CloneDisposition.REFUSE);
    store.deleteSnapshot(snapshot);
    tree.unlink(ROOT, name("original"));
    assertLive(BLOCKS + 1);
    assertArrayEquals(CONTENT, read(tree, ofSnapshot, 0, CONTENT.length));
    assertArrayEquals(pattern(BLOCK, 3), read(tree, ofClone, 0, BLOCK));
    tree.unlink(ROOT, name("of the snapshot"));
    assertLive(BLOCKS);
    tree.unlink(ROOT, name("of the clone"));
    assertLive(0);
  }

  @Test
  void deadlistWithSeveralReferencesToABlock_freesAll() throws IOException {
    for (int i = 0; i < 4; i++) {
      copy(tree, tree, "copy " + i);
    }
    long snapshot = store.createSnapshot(volume, name("s")).version();
    for (int i = 0; i < 4; i++) {
      tree.unlink(ROOT, name("copy " + i));
    }
    tree.unlink(ROOT, name("original"));
    assertLive(BLOCKS);
    store.close();
    store = Store.open(directory, StoreOptions.defaults());
    tree = store.open(volume);
    store.deleteSnapshot(snapshot);
    assertLive(0);
  }

  @Test
  void sums_countReferences() throws IOException {
    tree.sync();
    long before = store.spaceUsage().get(0).refer();
    copy(tree, tree, "copy");
    tree.sync();
    long bytes = store.spaceUsage().get(0).refer() - before;
    assertTrue(bytes >= CONTENT.length && bytes < CONTENT.length + (1 << 20), "refer: " + bytes);
    store.createSnapshot(volume, name("s"));
    tree.unlink(ROOT, name("copy"));
    long used =
        store.spaceUsage().stream()
            .filter(row -> row.snapshot() != null)
            .findFirst()
            .orElseThrow()
            .used();
    assertTrue(used >= CONTENT.length && used < CONTENT.length + (1 << 20), "used: " + used);
  }

  /** Two heads are locked in one order, whoever copies from whom. */
  @Test
  void copiesBetweenVolumes_inBothDirectionsAtOnce_goOn() throws Exception {
    long other = store.cloneVolume(volume, name("c")).id();
    WritableFileTree second = store.open(other);
    long there = file(second, "there");
    long here = file(tree, "here");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      boolean forth = i % 2 == 0;
      running.add(
          threads.submit(
              () -> {
                for (int round = 0; round < 150; round++) {
                  if (forth) {
                    second.copyRange(tree, original, 0, there, 0, Long.MAX_VALUE);
                    write(tree, original, BLOCK * (round % BLOCKS), pattern(BLOCK, round));
                  } else {
                    tree.copyRange(second, there, 0, here, 0, Long.MAX_VALUE);
                  }
                }
                return null;
              }));
    }
    threads.shutdown();
    for (Future<?> one : running) {
      one.get(120, TimeUnit.SECONDS);
    }
    store.reclaim();
  }
}
