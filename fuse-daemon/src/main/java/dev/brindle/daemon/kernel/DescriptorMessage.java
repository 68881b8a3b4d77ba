package dev.brindle.daemon.kernel;

import dev.brindle.daemon.serve.NativeBuffer;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;

/**
 * A descriptor that comes over a socket.
 *
 * <pre>
 *   msghdr    0 name 8   8 its length 4   16 iovec 8   24 how many 8   32 control 8   40 its length 8
 *             48 flags 4
 *   cmsghdr   0 length 8   8 level 4   12 type 4   16 the descriptor 4, padded to 24
 * </pre>
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/cmsg.3.html">cmsg(3)</a>
 */
final class DescriptorMessage {
  private static final int HEADER_BYTES = 56;
  private static final int VECTOR = HEADER_BYTES;
  private static final int CONTROL = VECTOR + 16;
  private static final int CONTROL_BYTES = 24;
  private static final int DATA = CONTROL + CONTROL_BYTES;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;

  /** {@code MSG_CMSG_CLOEXEC}: what comes is not handed on to other programs. */
  private static final int CLOSE_ON_EXEC = 0x4000_0000;

  private DescriptorMessage() {}

  /** Waits for a message; -1 when the sender ends without one. */
  static int receive(int socket) {
    NativeBuffer memory = new NativeBuffer(DATA + Long.BYTES);
    ByteBuffer bytes = memory.bytes();
    bytes.putLong(16, memory.address() + VECTOR);
    bytes.putLong(24, 1);
    bytes.putLong(32, memory.address() + CONTROL);
    bytes.putLong(40, CONTROL_BYTES);
    bytes.putLong(VECTOR, memory.address() + DATA);
    bytes.putLong(VECTOR + 8, 1);
    try {
      long count;
      do {
        count = Native.LIBC.recvmsg(socket, memory.address(), CLOSE_ON_EXEC);
      } while (count < 0 && Native.errno() == Native.EINTR);
      boolean isDescriptor =
          count > 0
              && bytes.getLong(40) >= CONTROL_BYTES - Integer.BYTES
              && bytes.getInt(CONTROL + 8) == SOL_SOCKET
              && bytes.getInt(CONTROL + 12) == SCM_RIGHTS;
      return isDescriptor ? bytes.getInt(CONTROL + 16) : -1;
    } finally {
      Reference.reachabilityFence(memory);
    }
  }
}
