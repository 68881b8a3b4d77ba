package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.Shell;
import dev.brindle.daemon.TwoMountsContract;
import dev.brindle.daemon.transport.Transport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.junit.jupiter.api.Test;

/** Two mounts of one file system, through the kernel transport. */
class KernelTwoMountsTest extends TwoMountsContract {
  @Override
  protected Transport transport() {
    return KernelTransport.create(100);
  }

  @Test
  void content_thatAnotherMountWrites_isSeenInAnOpenFile() throws Exception {
    Shell.ok(one, "head -c 10000 /dev/zero | tr '\\0' a > f");
    try (FileChannel open = FileChannel.open(one.resolve("f"))) {
      long deadline = System.nanoTime() + SOON_NANOS;
      assertEquals('a', byteAt(open, 9_999));
      Shell.ok(other, "printf b | dd of=f bs=1 seek=9999 conv=notrunc 2>/dev/null");
      while (byteAt(open, 9_999) != 'b') {
        assertTrue(System.nanoTime() < deadline, "the old byte is still there");
      }
    }
  }

  private static char byteAt(FileChannel file, long offset) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(1);
    assertEquals(1, file.read(target, offset));
    return (char) target.get(0);
  }
}
