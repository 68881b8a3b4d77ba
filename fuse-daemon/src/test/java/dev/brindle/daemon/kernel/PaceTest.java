package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PaceTest {
  private int held;
  private int times;
  private final Pace pace =
      new Pace(
          () -> {
            held++;
            times++;
          },
          () -> held--);

  private void look(int times, long requests) {
    for (int i = 0; i < times; i++) {
      pace.looked(requests);
    }
  }

  @Test
  void closeRequests_holdOnce_andAPauseReleases() {
    look(3, 100);
    assertEquals(1, held);
    look(20, 0);
    assertEquals(0, held);
    look(1, 100);
    assertEquals(1, held);
    assertEquals(2, times);
  }

  @Test
  void requestsNowAndThen_holdNothing() {
    look(1000, 2);
    assertEquals(0, times);
  }

  @Test
  void oneLateLook_changesNothing() {
    for (int i = 0; i < 10; i++) {
      look(1, 100);
      look(1, 0);
    }
    assertEquals(1, held);
    assertEquals(1, times);
  }

  @Test
  void end_releases_andNothingIsHeldAfterIt() {
    look(1, 100);
    pace.end();
    assertEquals(0, held);
    look(5, 100);
    pace.end();
    assertEquals(0, held);
    assertEquals(1, times);
  }
}
