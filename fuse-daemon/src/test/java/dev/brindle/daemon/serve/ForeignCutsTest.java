package dev.brindle.daemon.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.serve.ForeignCuts.Reading;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ForeignCutsTest {
  private static final long NODE = 5;
  private static final long OTHER = 6;

  /** Half of the time after which a short answer waits no longer. */
  private static final long WAITING_NANOS_MAX = 500_000_000;

  private final ForeignCuts cuts = new ForeignCuts();

  private boolean refuses(long node, int thread) {
    return cuts.refuses(node, () -> thread);
  }

  @Test
  void opening_ofWhatWasCut_isRefusedOnceToEachWhoComesBeforeTheFirstIsBack() {
    cuts.cut(NODE);
    assertFalse(refuses(OTHER, 1));
    assertTrue(refuses(NODE, 1));
    assertTrue(refuses(NODE, 2));
    assertFalse(refuses(NODE, 1));
    assertFalse(refuses(NODE, 2));
    assertFalse(refuses(NODE, 3));
  }

  /** He gets no second error; whoever comes next does. */
  @Test
  void opening_ofWhatIsCutAgainBeforeItComesBack_isLetIn() {
    cuts.cut(NODE);
    assertTrue(refuses(NODE, 1));
    cuts.cut(NODE);
    assertFalse(refuses(NODE, 1));
    assertTrue(refuses(NODE, 2));
    assertFalse(refuses(NODE, 2));
    assertFalse(refuses(NODE, 3));
  }

  @Test
  void opening_byWhomTheKernelDoesNotTell_isLetIn() {
    cuts.cut(NODE);
    assertFalse(refuses(NODE, 0));
  }

  @Test
  void shortAnswer_waitsForWhatBeginsBeforeIt() throws Exception {
    assertNull(cuts.begin(NODE, 0));
    cuts.cut(NODE);
    assertNull(cuts.begin(OTHER, 0));
    long begun;
    List<String> answered;
    do {
      begun = System.nanoTime();
      answered = answerTheLaterFirst();
    } while (System.nanoTime() - begun > WAITING_NANOS_MAX); // it need not wait for ever
    assertEquals(List.of("before", "behind"), answered);
  }

  private List<String> answerTheLaterFirst() throws Exception {
    List<String> answered = new CopyOnWriteArrayList<>();
    Reading behind = cuts.begin(NODE, 4096);
    Reading before = cuts.begin(NODE, 0);
    assertNotNull(behind);
    assertNotNull(before);
    Thread later =
        new Thread(
            () -> {
              behind.awaitEarlier();
              answered.add("behind");
              behind.close();
            });
    later.start();
    Thread.sleep(20);
    before.awaitEarlier();
    answered.add("before");
    before.close();
    assertTimeoutPreemptively(Duration.ofSeconds(30), () -> later.join());
    return answered;
  }
}
