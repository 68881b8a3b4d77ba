package dev.brindle.store.version;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Name;
import dev.brindle.store.StoreId;
import dev.brindle.store.Timestamp;
import dev.brindle.store.disk.HostDisk;
import dev.brindle.store.index.Index;
import dev.brindle.store.tree.FrozenNodes;
import dev.brindle.store.tree.NodeStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The version tree over real trees, nodes and an index on the disk. */
class VersionStackTest {
  @TempDir Path directory;

  /** {@code -Dbrindle.version.seed=N} repeats one history, {@code .stacks=N} tries more. */
  @Test
  void randomHistories_overRealTrees_keepContentsAndLeakNothing() throws IOException {
    Long seed = Long.getLong("brindle.version.seed");
    long first = seed != null ? seed : System.nanoTime();
    int histories = seed != null ? 1 : Integer.getInteger("brindle.version.stacks", 25);
    System.out.println("version stack histories, seeds from " + first + " on: " + histories);
    for (long i = first; i < first + histories; i++) {
      Path store = Files.createDirectory(directory.resolve("s" + i));
      Random random = new Random(i);
      try (StackWorld world = new StackWorld(store, random)) {
        history(world, random);
      } catch (Throwable e) {
        throw new AssertionError("seed " + i + ": " + e.getMessage(), e);
      }
    }
  }

  private static void history(StackWorld world, Random random) throws IOException {
    world.createVolume();
    for (int i = 0; i < 150; i++) {
      switch (random.nextInt(28)) {
        case 0 -> world.createVolume();
        case 1, 2, 3, 4 -> world.takeSnapshot();
        case 5 -> world.cloneVolume();
        case 6, 7 -> world.cloneSnapshot();
        case 8 -> world.deleteVolume();
        case 9, 10, 11, 12 -> world.deleteSnapshot();
        case 13, 14 -> world.checkpoint();
        case 15 -> world.crash();
        case 16, 17, 18, 19, 20 -> world.reap(1 + random.nextInt(20));
        default -> world.change();
      }
      if (i % 50 == 49) {
        world.compare();
      }
    }
    world.compareAll();
  }

  @Test
  void secondDeadlist_isThereAfterACrash() throws IOException {
    Path store = Files.createDirectory(directory.resolve("merging"));
    Random random = new Random(1);
    try (StackWorld world = new StackWorld(store, random)) {
      world.createVolume();
      int crashes = 0;
      for (int round = 0; round < 30 && crashes < 3; round++) {
        for (int i = 0; i < 30; i++) {
          world.change();
          if (i % 5 == 4) {
            world.takeSnapshot();
          }
        }
        world.deleteSnapshot();
        crashes += world.crashWhileMerging() ? 1 : 0;
      }
      assertEquals(3, crashes);
      world.compareAll();
    }
  }

  @Test
  void tenThousandSnapshots_loadFastAndSmall() throws IOException {
    StoreId store = StoreId.random();
    int snapshots = 10_000;
    try (HostDisk disk = new HostDisk(directory)) {
      try (Index index = Index.create(disk, store)) {
        write(index, snapshots);
      }
      measureLoad(disk, store, snapshots);
    }
  }

  private static void write(Index index, int snapshots) throws IOException {
    NodeStore nodes = new NodeStore(index, 1 << 20);
    VersionTree versions = load(index, nodes);
    Catalogue catalogue = versions.catalogue();
    catalogue.createVolume(1, 2, Name.of("main"), Timestamp.now());
    versions.noteNumber(2);
    for (int i = 0; i < snapshots; i++) {
      long head = versions.nextNumber();
      catalogue.takeSnapshot(1, Name.of("snapshot-" + i), head, Timestamp.now());
      Version version = versions.find(head);
      versions.allocated(version, 3 * 4096);
      for (int block = 1; block <= 3 && i > 2; block++) {
        versions.release(version, 64L * i + 2 * block, 1, head - block);
      }
    }
    versions.settle();
    FrozenNodes frozenNodes = nodes.freeze();
    FrozenVersions frozen = versions.freeze();
    frozenNodes.write();
    frozen.write();
    index.freeze();
    index.write();
    frozenNodes.settle();
  }

  private static void measureLoad(HostDisk disk, StoreId store, int snapshots) throws IOException {
    try (Index index = Index.open(disk, store, 0)) {
      NodeStore nodes = new NodeStore(index, 1 << 20);
      long usedBefore = usedMemory();
      long start = System.nanoTime();
      VersionTree versions = load(index, nodes);
      long loadMillis = (System.nanoTime() - start) / 1_000_000;
      long bytes = usedMemory() - usedBefore;
      start = System.nanoTime();
      assertEquals(snapshots + 1, versions.catalogue().spaceUsage().size());
      long sumsMillis = (System.nanoTime() - start) / 1_000_000;
      System.out.printf(
          "%d snapshots: loaded in %d ms, %d bytes of heap each, sums in %d ms%n",
          snapshots, loadMillis, bytes / snapshots, sumsMillis);
      assertTrue(
          bytes > 0 && bytes / snapshots < 2000, "bytes of heap a snapshot: " + bytes / snapshots);
      assertTrue(loadMillis < 3000, "milliseconds to load: " + loadMillis);
    }
  }

  private static VersionTree load(Index index, NodeStore nodes) throws IOException {
    return VersionTree.load(
        CatalogueTables.of(index.twins(CatalogueTables.NAMES)),
        root -> new DeadlistTree(nodes, root),
        new TreeSpace(nodes, (high, offset, value) -> null, new Losses()),
        new Freer() {
          @Override
          public void freeBlocks(long address, long blocks) {}

          @Override
          public void freeNode(long nodeId) {
            nodes.free(nodeId);
          }
        },
        64);
  }

  private static long usedMemory() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
