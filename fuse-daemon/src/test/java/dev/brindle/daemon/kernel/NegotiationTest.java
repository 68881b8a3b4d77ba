package dev.brindle.daemon.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.kernel.Wire.InHeader;
import dev.brindle.daemon.kernel.Wire.InitIn;
import dev.brindle.daemon.serve.NativeBuffer;
import dev.brindle.daemon.transport.MountException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The kernels are played by pipes: what they send is read as from the device. */
class NegotiationTest {
  private static Negotiation with(int major, int minor, long flags, int bodyBytes)
      throws IOException {
    NativeBuffer pipe = new NativeBuffer(2 * Integer.BYTES);
    Native.check(Native.LIBC.pipe(pipe.address()), "pipe");
    Device reading = new Device(pipe.bytes().getInt(0));
    Device writing = new Device(pipe.bytes().getInt(Integer.BYTES));
    try {
      NativeBuffer message = new NativeBuffer(InHeader.BYTES + bodyBytes);
      message.bytes().putInt(InHeader.LENGTH, message.size());
      message.bytes().putInt(InHeader.OPCODE, Opcode.INIT);
      message.bytes().putInt(InHeader.BYTES + InitIn.MAJOR, major);
      message.bytes().putInt(InHeader.BYTES + InitIn.MINOR, minor);
      message.bytes().putInt(InHeader.BYTES + InitIn.FLAGS, (int) flags);
      if (bodyBytes > InitIn.OLD_BYTES) {
        message.bytes().putInt(InHeader.BYTES + InitIn.FLAGS_HIGH, (int) (flags >>> 32));
      }
      assertEquals(0, writing.send(message.address(), message.size()));
      Request request = new Request(new NativeBuffer(8192));
      request.receive(reading);
      return Negotiation.of(request, true);
    } finally {
      reading.close();
      writing.close();
    }
  }

  @Test
  void kernelOfDebian11_isServed_withWhatItHas() throws IOException {
    long offered = InitFlags.MAX_PAGES | InitFlags.PARALLEL_DIROPS | 1 << 10;
    Negotiation agreed = with(7, 32, offered, InitIn.OLD_BYTES);
    assertEquals(1 << 20, agreed.ioBytesMax());
    assertTrue(agreed.has(InitFlags.PARALLEL_DIROPS));
    assertFalse(agreed.has(InitFlags.HANDLE_KILLPRIV_V2));
    assertFalse(agreed.has(1 << 10), "flock stays with the kernel");
  }

  @Test
  void rightsToSetFlags_areOnlyLeftToAKernelThatChecksThem() throws IOException {
    assertFalse(with(7, 33, -1L, InitIn.OLD_BYTES).checksFlagRights());
    assertTrue(with(7, 34, -1L, InitIn.OLD_BYTES).checksFlagRights());
  }

  @Test
  void kernelWithoutMaxPages_getsRequestsOf128Kib() throws IOException {
    assertEquals(128 << 10, with(7, 31, 0, InitIn.OLD_BYTES).ioBytesMax());
  }

  @Test
  void writesAreCached_onlyByAKernelThatWaitsForThem() throws IOException {
    assertFalse(with(7, 43, -1L, InitIn.BYTES).has(InitFlags.WRITEBACK_CACHE));
    assertTrue(with(7, 44, -1L, InitIn.BYTES).has(InitFlags.WRITEBACK_CACHE));
  }

  @Test
  void newerKernel_isServed() throws IOException {
    assertTrue(with(7, 99, -1L, InitIn.BYTES).has(InitFlags.HANDLE_KILLPRIV_V2));
  }

  @Test
  void olderKernel_isRefused_withTheWayOut() {
    MountException refused =
        assertThrows(MountException.class, () -> with(7, 30, 0, InitIn.OLD_BYTES));
    assertTrue(refused.getMessage().contains("--transport=libfuse"), refused.getMessage());
    assertThrows(MountException.class, () -> with(8, 0, 0, InitIn.OLD_BYTES));
  }
}
