package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.Intercepted;
import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.daemon.MountedMemory;
import dev.brindle.daemon.Shell;
import dev.brindle.daemon.serve.LookupCounts;
import dev.brindle.namespace.InodeFileSystem;
import dev.brindle.store.CallerThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals to processes whose requests wait. */
class KernelInterruptTest {
  private static final long END_SECONDS_MAX = 30;
  private static final String SIGKILL = "KILL";

  /** How an operation waits: for its turn, or in the midst of its work. */
  private enum Wait {
    BEFORE,
    WITHIN
  }

  @TempDir Path directory;
  private final MemoryFileSystem memory = new MemoryFileSystem();
  private final CountDownLatch waits = new CountDownLatch(1);
  private final CountDownLatch goesOn = new CountDownLatch(1);
  private volatile String waiting = "";
  private volatile Wait wait = Wait.BEFORE;
  private volatile boolean isVolatile;
  private MountedMemory mount;
  private Path root;
  private Process process;

  @BeforeEach
  void mount() throws IOException {
    InodeFileSystem fileSystem = Intercepted.of(memory, this::before);
    mount =
        MountedMemory.mount(
            KernelTransport.create(50), fileSystem, directory, MountedMemory.LASTING);
    root = mount.root();
    Shell.ok(root, "echo old > f; mkdir d; echo x > d/f");
  }

  @AfterEach
  void unmount() throws Exception {
    waiting = "";
    goesOn.countDown();
    if (process != null) {
      process.destroyForcibly().waitFor();
    }
    if (mount != null) {
      try {
        awaitUnused(); // a release that has not come when the mount goes never does
      } finally {
        mount.close();
      }
    }
  }

  private @Nullable Object before(String operation, Object[] arguments) throws Exception {
    if (operation.equals("isVolatile")) {
      return isVolatile;
    }
    if (operation.equals(waiting)) {
      waiting = "";
      if (wait == Wait.WITHIN) {
        CallerThread.markBegun();
      }
      waits.countDown();
      while (!goesOn.await(20, TimeUnit.MILLISECONDS)) {
        CallerThread.refuseIfGone();
      }
    }
    return null;
  }

  /** Starts a program that will wait in an operation, and returns when it does. */
  private void start(String operation, String script) throws Exception {
    waiting = operation;
    process =
        new ProcessBuilder("sh", "-c", script)
            .directory(root.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertTrue(waits.await(END_SECONDS_MAX, TimeUnit.SECONDS));
  }

  private void signal(String name) throws IOException {
    Shell.ok(Path.of("/"), "kill -" + name + " " + process.pid());
  }

  private void expectEnd() throws InterruptedException {
    assertTrue(process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS), "it waits on");
  }

  private void expectWaiting() throws InterruptedException {
    assertFalse(process.waitFor(400, TimeUnit.MILLISECONDS), "it has ended");
  }

  @ParameterizedTest
  @CsvSource({"KILL", "TERM", "USR2"})
  void fsync_ofAProcessThatIsKilled_isAnsweredAtOnce(String signal) throws Exception {
    start("fsync", "exec sync f");
    signal(signal);
    expectEnd();
    assertEquals("old\nx", Shell.ok(root, "cat f d/f"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          write  | echo new 1<> f
          append | echo new >> f
          create | : > new
          mkdir  | exec mkdir new
          unlink | exec rm f
          rename | exec mv d new
          setattr| exec chmod 600 f
          """)
  void operation_thatWaitsForItsTurn_endsWithItsProcess(String operation, String script)
      throws Exception {
    start(operation, script);
    signal(SIGKILL);
    expectEnd();
    assertEquals("old\nd f 644", Shell.ok(root, "cat f; echo $(ls) $(stat -c %a f)"));
    goesOn.countDown();
    assertEquals("new", Shell.ok(root, "echo new > f; cat f"));
  }

  @Test
  void operation_thatHasBegun_isDoneBeforeItsProcessEnds() throws Exception {
    wait = Wait.WITHIN;
    start("write", "echo new 1<> f; sleep 60");
    signal(SIGKILL);
    expectWaiting();
    goesOn.countDown();
    expectEnd();
    assertEquals("new", Shell.ok(root, "cat f"));
  }

  @Test
  void signalThatIsHandled_endsNoOperation() throws Exception {
    start("write", "trap : USR1; echo new 1<> f || exit 7");
    signal("USR1");
    expectWaiting();
    signal("USR1");
    expectWaiting();
    goesOn.countDown();
    expectEnd();
    assertEquals(0, process.exitValue());
    assertEquals("new", Files.readString(root.resolve("f")).strip());
  }

  @Test
  void signalThatKills_afterOneThatIsHandled_isHeeded() throws Exception {
    start("write", "trap : USR1; echo new 1<> f");
    signal("USR1");
    expectWaiting();
    signal(SIGKILL);
    expectEnd();
    assertEquals("old", Shell.ok(root, "cat f"));
  }

  /** As a snapshot: what is made is made, and its maker need not wait for it. */
  @Test
  void mkdir_whereTheKernelRemembersNothing_goesOnWithoutItsProcess() throws Exception {
    isVolatile = true;
    wait = Wait.WITHIN;
    start("mkdir", "exec mkdir new");
    signal(SIGKILL);
    expectEnd();
    assertFalse(Files.exists(root.resolve("new")));
    goesOn.countDown();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS_MAX);
    while (!Files.exists(root.resolve("new"))) {
      assertTrue(System.nanoTime() < deadline, "it was not made");
      Thread.sleep(10);
    }
  }

  /** Requests of many that are killed at any moment leave nothing behind. */
  @Test
  void processesKilledAtAnyMoment_leaveNothingOpenAndNothingKnown() throws Exception {
    for (int round = 0; round < 40; round++) {
      Process victim =
          new ProcessBuilder(
                  "sh",
                  "-c",
                  "mkdir t; while :; do for i in 1 2 3 4 5 6 7 8; do echo $i > t/$i; sync t/$i;"
                      + " cat t/$i; ls -l t; ln t/$i t/a; mv t/a t/$i; done; rm t/*; done")
              .directory(root.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      Thread.sleep(20 + round);
      victim.descendants().forEach(ProcessHandle::destroyForcibly);
      victim.destroyForcibly();
      assertTrue(victim.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS), "it waits on");
    }
    awaitUnused();
    Shell.ok(root, "rm -r t f d");
    LookupCounts lookups = ((KernelSession) mount.session()).served().lookups();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS_MAX);
    while (lookups.size() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    assertEquals(0, lookups.size());
    awaitUnused(); // what was removed is let go just after it was forgotten
    assertEquals(1, memory.inodes());
  }

  private void awaitUnused() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(END_SECONDS_MAX);
    while (memory.openHandles() > 0 && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    assertEquals(0, memory.openHandles());
  }
}
