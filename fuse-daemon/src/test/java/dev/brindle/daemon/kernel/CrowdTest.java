package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CrowdTest {
  private final Crowd crowd = new Crowd();

  private void comeAlone(int times) {
    for (int i = 0; i < times; i++) {
      crowd.cameAlone();
    }
  }

  @Test
  void isPresent_untilRequestsCameAloneForAWhile() {
    assertTrue(crowd.isPresent());
    comeAlone(5);
    assertTrue(crowd.isPresent());
    comeAlone(15);
    assertFalse(crowd.isPresent());
  }

  @Test
  void isPresent_asSoonAsOneCameBefore_andForAFewMore() {
    comeAlone(100);
    crowd.cameBefore();
    assertTrue(crowd.isPresent());
    comeAlone(1);
    assertFalse(crowd.isPresent());
  }

  @Test
  void isPresent_whereSomeComeBefore_staysSo() {
    comeAlone(100);
    for (int i = 0; i < 20; i++) {
      crowd.cameBefore();
      comeAlone(2);
    }
    assertTrue(crowd.isPresent());
    comeAlone(16);
    assertFalse(crowd.isPresent());
  }
}
