package dev.brindle.daemon.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * How long Linux may take to wake a processor that has nothing to do. As long as somebody asks for
 * none, such a processor looks for work instead of sleeping, and a program on it has its answer at
 * once. The whole machine pays, in power: so ask only while it matters. Only root may ask; for
 * others nothing happens.
 *
 * <p>What one process asks for holds as long as it has the file open, and ends with it. Safe for
 * any number of threads.
 *
 * @see <a href="https://docs.kernel.org/power/pm_qos_interface.html">PM Quality of Service</a>
 */
public final class WakeupLatency {
  private static final Path FILE = Path.of("/dev/cpu_dma_latency");
  private static final WakeupLatency OF_HOST = new WakeupLatency(FILE);
  private static final int NONE_MICROS = 0;

  /** The kernel's word for "as you like": 2,000 s. */
  private static final int ANY_MICROS = 2_000_000_000;

  private final Path file;
  private @Nullable FileChannel open;
  private boolean refused;
  private int holders;

  WakeupLatency(Path file) {
    this.file = file;
  }

  public static WakeupLatency ofHost() {
    return OF_HOST;
  }

  /** Asks for wakings without delay, until as many times {@link #release}. */
  public synchronized void hold() {
    if (holders++ == 0) {
      ask(NONE_MICROS);
    }
  }

  public synchronized void release() {
    assert holders > 0;
    if (--holders == 0) {
      ask(ANY_MICROS);
    }
  }

  private void ask(int micros) {
    if (refused) {
      return;
    }
    try {
      FileChannel channel = open;
      if (channel == null) {
        channel = FileChannel.open(file, StandardOpenOption.WRITE);
        open = channel;
      }
      ByteBuffer value = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
      channel.write(value.putInt(0, micros));
    } catch (IOException e) {
      refused = true;
      Logger.debug("programs may wait for processors that sleep: {}", e.toString());
    }
  }
}
