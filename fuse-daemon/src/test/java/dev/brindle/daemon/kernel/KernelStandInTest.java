package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.Intercepted;
import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.daemon.MountedMemory;
import dev.brindle.namespace.InodeFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operations that one thread handles alone, of which one does not end before another comes. */
class KernelStandInTest {
  private static final int ROUNDS = 60;
  private static final int BRIEF_REQUESTS = 30;
  private static final long WAIT_SECONDS = 30;

  @TempDir Path directory;
  private final MemoryFileSystem memory = new MemoryFileSystem();
  private final ConcurrentMap<String, CountDownLatch> latches = new ConcurrentHashMap<>();
  private MountedMemory mount;
  private Path root;

  @BeforeEach
  void mount() throws IOException {
    InodeFileSystem waiting = Intercepted.of(memory, this::before);
    mount =
        MountedMemory.mount(KernelTransport.create(50), waiting, directory, MountedMemory.LASTING);
    root = mount.root();
  }

  @AfterEach
  void unmount() throws Exception {
    if (mount != null) {
      mount.close();
    }
  }

  /** To make "waits N" waits until "releases N" has been looked up. */
  private @Nullable Object before(String operation, Object[] arguments) throws Exception {
    if (operation.equals("mkdir")) {
      String[] words = arguments[2].toString().split(" ");
      if (words[0].equals("waits")) {
        latch("begun " + words[1]).countDown();
        await("releases " + words[1]);
      }
    } else if (operation.equals("lookup")) {
      latch(arguments[1].toString()).countDown();
    }
    return null;
  }

  private CountDownLatch latch(String name) {
    return latches.computeIfAbsent(name, unused -> new CountDownLatch(1));
  }

  private void await(String name) throws IOException, InterruptedException {
    if (!latch(name).await(WAIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("nobody served " + name);
    }
  }

  /** The pauses are such that the stand-in sleeps, watches, or is about to do either. */
  @Test
  void briefRequest_thatWaitsForAnother_isNotAlone() throws Exception {
    Random random = new Random(20);
    Path one = Files.createDirectory(root.resolve("one"));
    Path other = Files.createDirectory(root.resolve("other"));
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < BRIEF_REQUESTS; i++) {
        assertFalse(Files.exists(other.resolve("missing " + round + "." + i)));
      }
      Thread.sleep(random.nextInt(45));
      Path made = one.resolve("waits " + round);
      CompletableFuture<Path> waiting = CompletableFuture.supplyAsync(() -> make(made));
      await("begun " + round);
      assertFalse(Files.exists(other.resolve("releases " + round)));
      assertTrue(Files.isDirectory(waiting.get(WAIT_SECONDS, TimeUnit.SECONDS)));
    }
  }

  private static Path make(Path directory) {
    try {
      return Files.createDirectory(directory);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
