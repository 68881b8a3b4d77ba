package dev.brindle.daemon.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How workers take each other's place; here they are no threads, but the test's calls. */
class WorkerSessionTest {
  private static final long REFUSED = 6;

  private static final class Session extends WorkerSession {
    int started;
    int writtenBack;
    private Set<Long> openForWriting = Set.of(5L);
    volatile boolean failsToCount;
    final CountDownLatch detached;
    boolean closed;

    Session() {
      this(new CountDownLatch(1));
    }

    private Session(CountDownLatch detached) {
      super("test", detached::countDown);
      this.detached = detached;
      startServing();
    }

    @Override
    protected void startWorker(String name, int number) {
      started++;
    }

    @Override
    protected Set<Long> nodesOpenForWriting() {
      return openForWriting;
    }

    @Override
    protected void writeBack(long node) throws IOException {
      writtenBack++;
      if (node == REFUSED) {
        throw new IOException("the kernel refuses");
      }
    }

    @Override
    protected void close() {
      closed = true;
    }

    @Override
    protected void requestsCame(long count) {
      if (failsToCount) {
        throw new IllegalStateException("a bug");
      }
    }

    void fail() {
      workerFailed();
      workerEnded();
    }
  }

  private final Session session = new Session();

  private boolean isEnded() throws InterruptedException {
    return session.awaitEnd(Duration.ZERO);
  }

  @Test
  void workerThatFails_isReplaced_andTheMountIsServedAsBefore() throws Exception {
    session.fail();
    assertEquals(2, session.started);
    assertFalse(isEnded());
    session.writeBack();
    assertEquals(1, session.writtenBack);
    session.workerBusy(false);
    assertEquals(3, session.started);
  }

  @Test
  void workersThatAllFail_endTheMount() throws Exception {
    int failures = 0;
    while (!isEnded() && failures < 1_000) {
      session.fail();
      failures++;
    }
    assertTrue(session.closed);
    assertEquals(session.started, failures);
  }

  @Test
  void threadThatTheMountNeeds_failing_stopsTheMount() throws Exception {
    AssertionError bug = new AssertionError("a bug");
    session.startThread(
        () -> {
          throw bug;
        },
        "failing");
    assertTrue(session.detached.await(20, TimeUnit.SECONDS));
    assertTrue(session.isStopped());
    assertSame(bug, session.failure());
  }

  @Test
  void standInThatFails_stopsTheMount() throws Exception {
    session.failsToCount = true;
    session.workerBusy(true);
    assertTrue(session.detached.await(20, TimeUnit.SECONDS));
    assertTrue(session.isStopped());
  }

  @Test
  void writeBack_ofAFileThatFails_goesOnWithTheOthers() {
    session.openForWriting = Set.of(5L, REFUSED, 7L);
    IOException failure = assertThrows(IOException.class, session::writeBack);
    assertEquals("the kernel refuses", failure.getMessage());
    assertEquals(3, session.writtenBack);
  }

  @Test
  void endThatOneWorkerSees_isTheEndOfAll() throws IOException, InterruptedException {
    session.workerSawEnd();
    session.writeBack();
    assertEquals(0, session.writtenBack);
    session.workerEnded();
    assertTrue(isEnded() && session.closed);
  }
}
