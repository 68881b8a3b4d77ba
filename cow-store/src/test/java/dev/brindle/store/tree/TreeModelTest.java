package dev.brindle.store.tree;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Random operations on trees of many versions, beside a model of each. */
class TreeModelTest {
  private static final int OPERATIONS = Integer.getInteger("brindle.tree.operations", 15_000);

  @Property(tries = 300)
  void operations_onManyVersions_matchTheModel(
      @ForAll @Size(max = 400) List<@IntRange(max = 99) Integer> operations, @ForAll long seed)
      throws IOException {
    TreeHistory history = new TreeHistory(new NodeLimits(200), 300, 40, new Random(seed));
    for (int operation : operations) {
      apply(history, operation);
    }
    history.check();
  }

  @Test
  void operations_onTinyNodes_matchTheModel() throws IOException {
    int level = run(new NodeLimits(160), 3_000, 40, 1_000);
    assertTrue(level >= 4, "the trees reached level " + level);
  }

  @Test
  void operations_onOrdinaryNodes_matchTheModel() throws IOException {
    run(NodeLimits.ONE_UNIT, 5_000, 300, 2_000);
  }

  private static int run(NodeLimits limits, int keysMax, int valueBytesMax, int checkEvery)
      throws IOException {
    long seed = Long.getLong("brindle.seed", System.nanoTime());
    System.out.println("tree operations with -Dbrindle.seed=" + seed);
    Random random = new Random(seed);
    TreeHistory history = new TreeHistory(limits, keysMax, valueBytesMax, random);
    for (int i = 0; i < OPERATIONS; i++) {
      apply(history, random.nextInt(100));
      if (i % checkEvery == checkEvery - 1) {
        history.check();
      }
    }
    history.check();
    return history.levelMax;
  }

  private static void apply(TreeHistory history, int operation) throws IOException {
    if (operation < 45) {
      history.put();
    } else if (operation < 65) {
      history.remove();
    } else if (operation < 75) {
      history.look();
    } else if (operation < 78) {
      history.putMany();
    } else if (operation < 80) {
      history.removeMany();
    } else if (operation < 83) {
      history.snapshot();
    } else if (operation < 84) {
      history.branch();
    } else if (operation < 88) {
      history.delete();
    } else if (operation < 91) {
      history.diff();
    } else if (operation < 99) {
      history.checkpointPart();
    } else {
      history.reopen();
    }
  }
}
