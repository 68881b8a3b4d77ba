package dev.brindle.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.StoreLockedException;
import dev.brindle.store.UncleanEnd;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StoreLockTest {
  @TempDir Path directory;

  /** Takes the lock of the directory given, says so and holds it until it is ended. */
  public static void main(String[] arguments) throws Exception {
    try (StoreLock lock = new HostDisk(Path.of(arguments[0])).lock("a test")) {
      System.out.println("held by " + lock);
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  @Test
  void lock_inTheSameProcess_isRefused_andSurvivesTheAttempt() throws Exception {
    try (HostDisk disk = new HostDisk(directory);
        StoreLock lock = disk.lock("first")) {
      assertThrows(StoreLockedException.class, () -> disk.lock("second"));
      try (Holder other = new Holder()) {
        assertEquals(null, other.firstLine(), "another process got the lock too: " + lock);
      }
    }
    try (HostDisk disk = new HostDisk(directory);
        StoreLock again = disk.lock("again")) {
      assertTrue(Files.readString(directory.resolve("lock")).contains("again"), again.toString());
    }
  }

  @Test
  void lock_ofALivingProcess_namesIt_andOfADeadOne_isFree() throws Exception {
    try (HostDisk disk = new HostDisk(directory);
        Holder other = new Holder()) {
      assertTrue(other.firstLine().startsWith("held"));
      StoreLockedException refused =
          assertThrows(StoreLockedException.class, () -> disk.lock("second"));
      assertTrue(refused.getMessage().contains("process " + other.process.pid()));
      assertTrue(refused.getMessage().contains("a test"));
      other.process.destroyForcibly().waitFor();
      try (StoreLock lock = disk.lock("second")) {
        UncleanEnd end = Objects.requireNonNull(lock.uncleanEnd());
        assertEquals("process " + other.process.pid() + " (a test)", end.process());
        lock.noteClosed();
      }
      try (StoreLock lock = disk.lock("third")) {
        assertNull(lock.uncleanEnd());
      }
    }
  }

  /** What is not noted at the end is as if the process were killed. */
  @Test
  void look_thatWasKilled_tellsOfTheEndBeforeIt() throws Exception {
    try (HostDisk disk = new HostDisk(directory)) {
      disk.lockToLook("a look").close();
      assertTrue(StoreLock.line(directory).contains("(a look, only to look)"));
      try (StoreLock lock = disk.lock("first")) {
        assertNull(lock.uncleanEnd());
      }
      for (int i = 0; i < 2; i++) {
        disk.lockToLook("another look").close();
      }
      try (StoreLock look = disk.lockToLook("a third")) {
        UncleanEnd end = Objects.requireNonNull(look.uncleanEnd());
        assertTrue(end.process().contains("(first)"), end::process);
        look.noteUnchanged();
      }
      try (StoreLock lock = disk.lock("second")) {
        UncleanEnd end = Objects.requireNonNull(lock.uncleanEnd());
        assertTrue(end.process().contains("(first)"), end::process);
      }
    }
  }

  @Test
  void lock_whoseFileWasDeleted_isStillHeld() throws Exception {
    try (HostDisk disk = new HostDisk(directory);
        Holder other = new Holder()) {
      assertTrue(other.firstLine().startsWith("held"));
      Files.delete(directory.resolve("lock"));
      StoreLockedException refused =
          assertThrows(StoreLockedException.class, () -> disk.lock("second"));
      assertTrue(refused.getMessage().contains("was deleted"), refused::getMessage);
      assertTrue(StoreLock.isHeld(directory));
      other.process.destroyForcibly().waitFor();
      assertFalse(StoreLock.isHeld(directory));
      disk.lock("second").close();
      disk.lock("third").close();
    }
  }

  private final class Holder implements AutoCloseable {
    final Process process;

    Holder() throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  StoreLockTest.class.getName(),
                  directory.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    }

    String firstLine() throws IOException {
      return new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
          .readLine();
    }

    @Override
    public void close() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }
}
