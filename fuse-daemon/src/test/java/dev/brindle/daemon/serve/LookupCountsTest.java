package dev.brindle.daemon.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LookupCountsTest {
  private final LookupCounts counts = new LookupCounts();

  @Test
  void remove_ofTheLast_saysSo() {
    counts.add(7);
    counts.add(7);
    assertFalse(counts.remove(7, 1));
    assertTrue(counts.isKnown(7));
    assertTrue(counts.remove(7, 1));
    assertFalse(counts.isKnown(7));
    assertEquals(0, counts.size());
  }

  @Test
  void forgetting_notedBeforeTheAnswer_leavesNothing() {
    assertFalse(counts.remove(7, 1));
    counts.add(7);
    assertEquals(0, counts.size());
  }

  @Test
  void randomLookups_agreeWithAMap() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Map<Long, Long> expected = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      long node = 1 + random.nextInt(i < 100_000 ? 20_000 : 50) * (1L << random.nextInt(3) * 20);
      if (random.nextBoolean()) {
        counts.add(node);
        expected.merge(node, 1L, Long::sum);
      } else if (expected.containsKey(node)) {
        long some = 1 + random.nextInt(expected.get(node).intValue());
        long left = expected.get(node) - some;
        assertEquals(left == 0, counts.remove(node, some));
        expected.merge(node, -some, (a, b) -> a + b == 0 ? null : a + b);
      }
    }
    assertEquals(expected.size(), counts.size());
    expected.forEach((node, lookups) -> assertTrue(counts.remove(node, lookups)));
    assertEquals(0, counts.size());
  }
}
