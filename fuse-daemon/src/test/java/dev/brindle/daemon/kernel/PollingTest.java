package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PollingTest {
  private static final long LONG = 3_600_000_000_000L;

  private static Polling busy(long windowNanos) {
    Polling polling = new Polling(windowNanos);
    for (int i = 0; i < 3; i++) {
      polling.answered();
      polling.received();
    }
    return polling;
  }

  @Test
  void begin_onIdleMount_doesNotPoll() {
    assertFalse(new Polling(LONG).begin());
  }

  @Test
  void begin_afterCloseRequests_letsOneThreadPoll() {
    Polling polling = busy(LONG);
    assertTrue(polling.begin());
    assertFalse(polling.begin());
    polling.end(true);
    assertTrue(polling.begin());
  }

  @Test
  void begin_afterPollingInVain_sleeps_untilRequestsAreCloseAgain() {
    Polling polling = busy(LONG);
    assertTrue(polling.begin());
    polling.end(false);
    assertFalse(polling.begin());
    polling.answered();
    polling.received();
    assertFalse(polling.begin());
    polling.answered();
    polling.received();
    assertTrue(polling.begin());
  }

  @Test
  void begin_afterRequestsFarApart_doesNotPoll() {
    assertFalse(busy(1).begin());
  }

  @Test
  void begin_afterOthersHadTheProcessor_rests() {
    Polling polling = busy(LONG);
    assertTrue(polling.begin());
    long now = System.nanoTime();
    assertTrue(polling.isAlone(now, now + 1_000));
    assertFalse(polling.isAlone(now, now + 3_000_000_000L));
    polling.end(true);
    assertFalse(polling.begin());
  }

  @Test
  void begin_withPollingOff_doesNotPoll() {
    assertFalse(busy(0).begin());
  }
}
