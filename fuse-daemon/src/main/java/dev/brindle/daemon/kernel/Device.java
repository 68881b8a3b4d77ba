package dev.brindle.daemon.kernel;

import dev.brindle.daemon.serve.NativeBuffer;
import java.io.IOException;
import java.lang.ref.Reference;

/**
 * A descriptor of {@code /dev/fuse} that is connected to a mount. The requests of the mount come to
 * whichever of its descriptors is read from; the answer goes to the same one.
 */
final class Device {
  static final String PATH = "/dev/fuse";

  /** What {@link #receive} returns when there is no request. */
  static final int NONE = 0;

  /** What {@link #receive} returns when there will be none any more. */
  static final int END = -1;

  /** {@code FUSE_DEV_IOC_CLONE}. */
  private static final long CLONE = 0x8004_E500L;

  private static final LibC LIBC = Native.LIBC;

  private final int descriptor;

  Device(int descriptor) {
    this.descriptor = descriptor;
  }

  /** One that is not connected yet. */
  static Device open() throws IOException {
    return new Device(Native.open(PATH, Native.O_RDWR));
  }

  /**
   * Another descriptor of the same mount, with a queue of its own for what it has read.
   *
   * @param waits whether reading waits for a request
   */
  Device another(boolean waits) throws IOException {
    int made = Native.open(PATH, Native.O_RDWR | (waits ? 0 : Native.O_NONBLOCK));
    NativeBuffer original = new NativeBuffer(Integer.BYTES);
    original.bytes().putInt(0, descriptor);
    int result = LIBC.ioctl(made, CLONE, original.address());
    int errno = result < 0 ? Native.errno() : 0;
    Reference.reachabilityFence(original);
    if (result < 0) {
      LIBC.close(made);
      throw new IOException("FUSE_DEV_IOC_CLONE: " + Native.text(errno));
    }
    return new Device(made);
  }

  int descriptor() {
    return descriptor;
  }

  /**
   * Reads one request.
   *
   * @return its length in bytes, {@link #NONE}, or {@link #END}
   */
  int receive(NativeBuffer buffer) throws IOException {
    long length = LIBC.read(descriptor, buffer.address(), buffer.size());
    if (length > 0) {
      return (int) length;
    }
    int errno = length == 0 ? Native.ENODEV : Native.errno();
    return switch (errno) {
      // a request that was interrupted before it could be read is ENOENT
      case Native.EAGAIN, Native.EINTR, Native.ENOENT -> NONE;
      case Native.ENODEV, Native.ECONNABORTED -> END;
      default -> throw new IOException("reading " + PATH + ": " + Native.text(errno));
    };
  }

  /**
   * Sends an answer or a notification.
   *
   * @return 0, or the error number
   */
  int send(long address, int length) {
    return LIBC.write(descriptor, address, length) == length ? 0 : Native.errno();
  }

  void close() {
    LIBC.close(descriptor);
  }
}
