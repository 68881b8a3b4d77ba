package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.log.CleaningPolicy.Candidate;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CleaningPolicyTest {
  private static final int SEGMENT_BLOCKS = 256;
  private static final CleaningPolicy.Plan NOTHING = new CleaningPolicy.Plan(List.of(), List.of());

  @Test
  void plan_ofFullSegments_isEmpty() {
    assertEquals(NOTHING, plan(false, new Candidate(1, 256, 250), new Candidate(2, 256, 256)));
  }

  @Test
  void plan_ofEmptySegment_deletesIt() {
    assertEquals(List.of(1L), plan(false, new Candidate(1, 256, 0)).dead());
  }

  @Test
  void plan_ofMostlyDeadSegment_rewritesIt() {
    assertEquals(
        List.of(1L),
        plan(false, new Candidate(1, 256, 127), new Candidate(2, 256, 240)).rewrites());
  }

  @Test
  void plan_whenSpaceIsTight_rewritesForLess() {
    Candidate candidate = new Candidate(1, 256, 220);
    assertEquals(NOTHING, plan(false, candidate));
    assertEquals(List.of(1L), plan(true, candidate).rewrites());
  }

  @Test
  void isTight_nearTheEndOfTheDisk() {
    long gib = 1L << 30;
    assertFalse(CleaningPolicy.isTight(50 * gib, 100 * gib, 16_384));
    assertTrue(CleaningPolicy.isTight(4 * gib, 100 * gib, 16_384));
    assertFalse(CleaningPolicy.isTight(9 * gib, 10_000 * gib, 16_384));
  }

  @Property(tries = 300)
  void plan_leavesNoMoreDeadThanTheBound(
      @ForAll @Size(max = 60) List<@IntRange(max = 256) Integer> kept, @ForAll boolean tight) {
    List<Candidate> candidates = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      candidates.add(new Candidate(i + 1, SEGMENT_BLOCKS, kept.get(i)));
    }
    CleaningPolicy.Plan plan = CleaningPolicy.plan(candidates, SEGMENT_BLOCKS, tight);
    long dead = 0;
    long live = 0;
    for (Candidate candidate : candidates) {
      live += candidate.keptBlocks();
      if (!plan.dead().contains(candidate.number())
          && !plan.rewrites().contains(candidate.number())) {
        dead += candidate.deadBlocks();
        assertTrue(candidate.deadBlocks() <= SEGMENT_BLOCKS / (tight ? 8 : 2));
      }
    }
    assertTrue(dead <= live / (tight ? 16 : 4) + SEGMENT_BLOCKS / 4);
  }

  private static CleaningPolicy.Plan plan(boolean tight, Candidate... candidates) {
    return CleaningPolicy.plan(List.of(candidates), SEGMENT_BLOCKS, tight);
  }
}
