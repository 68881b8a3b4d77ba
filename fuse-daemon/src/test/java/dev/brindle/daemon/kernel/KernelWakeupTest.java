package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brindle.daemon.MemoryFileSystem;
import dev.brindle.daemon.MountedMemory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What a mount asks of the machine's processors, as the kernel tells it. */
class KernelWakeupTest {
  private static final Path LATENCY = Path.of("/dev/cpu_dma_latency");
  private static final int NONE_MICROS = 0;
  private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(20);

  @TempDir Path directory;

  private int asked;

  /** The shortest delay that anybody on the machine asks for. */
  private static int latencyMicros() throws IOException {
    try (InputStream latency = Files.newInputStream(LATENCY)) {
      byte[] value = latency.readNBytes(Integer.BYTES);
      return ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).getInt();
    }
  }

  private static void assumeNobodyAsks() throws IOException {
    assumeTrue(latencyMicros() != NONE_MICROS, "skipped: somebody else asks for quick waking");
  }

  private static boolean becomes(IntPredicate expected, Executable meanwhile) throws Throwable {
    long end = System.nanoTime() + WAIT_NANOS;
    while (System.nanoTime() < end) {
      meanwhile.execute();
      if (expected.test(latencyMicros())) {
        return true;
      }
    }
    return false;
  }

  /** Each asks for a name that the kernel cannot know. */
  private void ask(Path root, int requests) {
    for (int i = 0; i < requests; i++) {
      Files.exists(root.resolve("unknown " + asked++));
    }
  }

  @Test
  void processors_areAskedToWakeAtOnce_whileRequestsAreClose_andNotAfterwards() throws Throwable {
    assumeTrue(Files.isWritable(LATENCY), "skipped: only root may ask for quick waking");
    assumeNobodyAsks();
    boolean ends;
    try (MountedMemory mount =
        MountedMemory.mount(
            KernelTransport.create(50), new MemoryFileSystem(), directory, MountedMemory.LASTING)) {
      assertTrue(becomes(micros -> micros == NONE_MICROS, () -> ask(mount.root(), 200)));
      ends = becomes(micros -> micros != NONE_MICROS, () -> Thread.sleep(20));
    }
    if (!ends) {
      assumeNobodyAsks(); // without the mount
    }
    assertTrue(ends);
  }
}
