package dev.brindle.store.version;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random histories of volumes, snapshots, clones and deletions against sets. {@code
 * -Dbrindle.version.seed=N} repeats one history, {@code -Dbrindle.version.histories=N} tries more.
 */
class VersionTreeModelTest {
  private static final int OPERATIONS = 80;

  @Test
  void randomHistories_freeExactlyWhatNobodyRefersTo() throws IOException {
    Long seed = Long.getLong("brindle.version.seed");
    if (seed != null) {
      history(seed);
      return;
    }
    long first = System.nanoTime();
    int histories = Integer.getInteger("brindle.version.histories", 3000);
    System.out.println("version tree histories, seeds from " + first + " on: " + histories);
    for (int i = 0; i < histories; i++) {
      try {
        history(first + i);
      } catch (Throwable e) {
        throw new AssertionError("seed " + (first + i) + ": " + e.getMessage(), e);
      }
    }
  }

  private static void history(long seed) throws IOException {
    Random random = new Random(seed);
    World world = new World(random);
    int deletions = 1 + random.nextInt(6);
    int crashes = random.nextInt(3);
    world.createVolume();
    for (int i = 0; i < OPERATIONS; i++) {
      operation(world, random, deletions, crashes);
      world.compare();
    }
    world.reapAll();
    world.compare();
  }

  private static void operation(World world, Random random, int deletions, int crashes)
      throws IOException {
    int choice = random.nextInt(40 + 2 * deletions + 2 * crashes);
    switch (choice) {
      case 0 -> world.createVolume();
      case 1, 2, 3, 4 -> world.takeSnapshot();
      case 5 -> world.cloneVolume();
      case 6, 7 -> world.cloneSnapshot();
      case 8 -> world.deleteVolume();
      case 9 -> world.renames();
      case 10 -> world.detach();
      case 11, 12 -> world.freeze();
      case 13, 14 -> world.write();
      case 15, 16, 17, 18 -> world.reap(1 + random.nextInt(6));
      case 19 -> world.reapAll();
      case 20, 21 -> world.splice();
      default -> {
        if (choice < 35) {
          world.change();
        } else if (choice < 40) {
          world.copy();
        } else if (choice < 40 + 2 * deletions) {
          world.deleteSnapshot();
        } else {
          crash(world, random);
        }
      }
    }
  }

  private static void crash(World world, Random random) throws IOException {
    if (random.nextBoolean()) {
      world.crash();
    } else {
      world.reapAndCrash();
    }
  }
}
