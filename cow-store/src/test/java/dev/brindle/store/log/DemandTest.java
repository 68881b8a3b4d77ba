package dev.brindle.store.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DemandTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - Demand.WINDOW_NANOS);
  private final Demand demand = new Demand(now::get);

  @Test
  void expected_isWhatTheLastMinuteTook() {
    assertEquals(0, demand.expected());
    demand.tookOne();
    now.addAndGet(Demand.WINDOW_NANOS / 2);
    demand.tookOne();
    assertEquals(2, demand.expected());
    assertTrue(demand.isPresent());
    now.addAndGet(Demand.PRESENT_NANOS);
    assertTrue(demand.isPresent());
    now.addAndGet(1);
    assertFalse(demand.isPresent());
    now.addAndGet(Demand.WINDOW_NANOS / 2 - Demand.PRESENT_NANOS - 1);
    assertEquals(2, demand.expected());
    now.addAndGet(1);
    assertEquals(1, demand.expected());
    now.addAndGet(Demand.WINDOW_NANOS);
    assertEquals(0, demand.expected());
  }
}
