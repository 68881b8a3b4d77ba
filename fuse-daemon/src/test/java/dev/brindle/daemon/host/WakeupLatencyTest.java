package dev.brindle.daemon.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WakeupLatencyTest {
  @TempDir Path directory;

  private int lastAsked(Path file) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
    return all.getInt(all.limit() - Integer.BYTES);
  }

  @Test
  void hold_asksForNone_untilTheLastHolderReleases() throws IOException {
    Path file = Files.createFile(directory.resolve("latency"));
    WakeupLatency latency = new WakeupLatency(file);
    latency.hold();
    latency.hold();
    latency.release();
    assertEquals(0, lastAsked(file));
    latency.release();
    assertEquals(2_000_000_000, lastAsked(file));
    latency.hold();
    assertEquals(0, lastAsked(file));
  }

  @Test
  void whoMayNotAsk_goesOnWithout() {
    WakeupLatency latency = new WakeupLatency(directory.resolve("missing"));
    latency.hold();
    latency.release();
    latency.hold();
    assertFalse(Files.exists(directory.resolve("missing")));
  }
}
