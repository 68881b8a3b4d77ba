package dev.brindle.store.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.log.Log;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What waits goes to the log in its order, also where there is room for a part of it. */
final class PendingRedoTest {
  private static final int BYTES = 100;
  private static final int IN_LOG = BYTES + Log.REDO_FRAME_BYTES;

  private final PendingRedo pending = new PendingRedo();

  private void add(int number) {
    byte[] operation = new byte[BYTES];
    operation[0] = (byte) number;
    pending.add(operation);
  }

  private List<Integer> take(long bytesMax) {
    List<Integer> numbers = new ArrayList<>();
    pending.take(bytesMax).forEach(operation -> numbers.add((int) operation[0]));
    return numbers;
  }

  @Test
  void take_ofAPart_takesTheOldest() {
    for (int i = 0; i < 5; i++) {
      add(i);
    }
    assertEquals(5 * IN_LOG, pending.bytes());
    assertEquals(List.of(0, 1), take(3 * IN_LOG - 1));
    assertEquals(3 * IN_LOG, pending.bytes());
    assertEquals(List.of(), take(IN_LOG - 1));
    add(5);
    assertEquals(List.of(2, 3, 4, 5), take(pending.bytes()));
    assertEquals(0, pending.bytes());
  }

  @Test
  void take_acrossAFreeze_leavesWhatIsFrozenToTheCheckpoint() {
    add(0);
    add(1);
    pending.freeze();
    add(2);
    add(3);
    assertEquals(List.of(0), take(IN_LOG));
    assertEquals(List.of(1, 2), take(2 * IN_LOG));
    pending.dropFrozen();
    assertEquals(IN_LOG, pending.bytes());
    assertEquals(List.of(3), take(IN_LOG));
  }

  @Test
  void dropFrozen_afterAPartWasTaken_dropsTheRest() {
    add(0);
    add(1);
    pending.freeze();
    add(2);
    assertEquals(List.of(0), take(IN_LOG));
    pending.dropFrozen();
    assertEquals(List.of(2), take(pending.bytes()));
  }
}
