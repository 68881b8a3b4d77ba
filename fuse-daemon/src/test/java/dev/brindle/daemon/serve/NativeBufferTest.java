package dev.brindle.daemon.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NativeBufferTest {
  private static final int PAGE_BYTES = 4096;

  @ParameterizedTest
  @ValueSource(ints = {0, 16, 80, 4096})
  void untouched_dataBeginAPage_andAllOfItIsThere(int headBytes) {
    NativeBuffer buffer = NativeBuffer.untouched(headBytes + 3 * PAGE_BYTES, headBytes);
    try {
      assertEquals(0, (buffer.address() + headBytes) % PAGE_BYTES);
      assertEquals(headBytes + 3 * PAGE_BYTES, buffer.size());
      ByteBuffer bytes = buffer.bytes();
      for (int at = 0; at < buffer.size(); at++) {
        bytes.put(at, (byte) at);
      }
      ByteBuffer data = buffer.slice(buffer.address() + headBytes, 3 * PAGE_BYTES);
      assertEquals((byte) (headBytes + 5), data.get(5));
    } finally {
      buffer.free();
    }
  }
}
