package dev.brindle.store.version;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.version.CountedBlocks.Range;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sets with repetition against an array of counts. */
class CountedBlocksTest {
  private static final int SEGMENT_BLOCKS = 16;
  private static final int BLOCKS = 4 * SEGMENT_BLOCKS;
  private static final long KEY = 5;

  @Test
  void update_atRandom_countsEachBlockInAsFewRowsAsCanBe() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    FakeRows rows = new FakeRows();
    rows.put(KEY - 1, 3, new byte[] {100});
    rows.put(KEY + 1, 3, new byte[] {100});
    CountedBlocks counted = new CountedBlocks(rows, SEGMENT_BLOCKS);
    long[] expected = new long[BLOCKS];
    int size = 0;
    for (int i = 0; i < 20_000; i++) {
      int from = random.nextInt(BLOCKS);
      int blocks = 1 + random.nextInt(SEGMENT_BLOCKS - from % SEGMENT_BLOCKS);
      int step = random.nextInt(3) - 1 + (random.nextInt(9) == 0 ? 2 : 0);
      size += counted.update(KEY, from, blocks, (at, n, count) -> Math.max(0, count + step));
      for (int at = from; at < from + blocks; at++) {
        expected[at] = Math.max(0, expected[at] + step);
      }
      compare(counted, expected, "seed " + seed + ", step " + i);
      assertEquals(size + 2, rows.size(), "rows; seed " + seed);
    }
  }

  private static void compare(CountedBlocks counted, long[] expected, String what)
      throws IOException {
    int at = 0;
    long before = -1;
    for (Range range = counted.next(KEY, 0);
        range != null;
        range = counted.next(KEY, range.end())) {
      for (; at < range.address(); at++) {
        assertEquals(0, expected[at], what + ", block " + at);
        before = -1;
      }
      boolean joins = before == range.count() && at % SEGMENT_BLOCKS != 0;
      assertTrue(!joins, what + ": two rows where one would do, at " + at);
      assertEquals(at / SEGMENT_BLOCKS, (range.end() - 1) / SEGMENT_BLOCKS, what);
      for (; at < range.end(); at++) {
        assertEquals(expected[at], range.count(), what + ", block " + at);
      }
      before = range.count();
    }
    for (; at < BLOCKS; at++) {
      assertEquals(0, expected[at], what + ", block " + at);
    }
  }
}
