package dev.brindle.store.disk;

import java.io.IOException;
import java.nio.file.Path;
import jnr.ffi.Memory;
import jnr.ffi.Platform;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * Reserves a file's space by the host's own call. It opens the file once more, by name: the JDK
 * does not give its descriptor away.
 */
final class Preallocation {
  /** {@code F_PREALLOCATE} and its argument {@code fstore_t}, from macOS's {@code sys/fcntl.h}. */
  static final int F_PREALLOCATE = 42;

  static final int F_ALLOCATEALL = 4;
  static final int F_PEOFPOSMODE = 3;
  static final int FSTORE_FLAGS = 0;
  static final int FSTORE_POSITION_MODE = 4;
  static final int FSTORE_OFFSET = 8;
  static final int FSTORE_LENGTH = 16;
  static final int FSTORE_BYTES_ALLOCATED = 24;
  static final int FSTORE_BYTES = 32;

  /** On Linux and on macOS. */
  private static final int EFBIG = 27;

  private static final String TOO_LONG =
      " (how long files may be is the host's file system's to say, and that of \"ulimit -f\")";

  private Preallocation() {}

  /**
   * Reserves the range.
   *
   * @param currentLength of the file, in bytes
   * @return false when the host, or this file's file system, has no such call
   * @throws DiskFullException there is not that much space
   */
  static boolean tryAllocate(String name, Path path, long currentLength, long offset, long length)
      throws IOException {
    LibC.Calls calls = LibC.calls();
    if (calls == null) {
      return false;
    }
    HostConstants host = HostConstants.ofThisHost();
    int descriptor = calls.open(LibC.path(path.toString()), host.oRdwr() | host.oCloexec());
    if (descriptor < 0) {
      return false;
    }
    try {
      return switch (Platform.getNativePlatform().getOS()) {
        case LINUX -> linux(calls, name, path, descriptor, offset, length);
        case DARWIN -> darwin(calls, name, path, descriptor, currentLength, offset + length);
        default -> false;
      };
    } finally {
      calls.close(descriptor);
    }
  }

  private static boolean linux(
      LibC.Calls calls, String name, Path path, int descriptor, long offset, long length)
      throws IOException {
    while (calls.fallocate(descriptor, 0, offset, length) != 0) {
      if (LibC.lastError() != HostConstants.ofThisHost().eintr()) {
        return refused(calls, name, path);
      }
    }
    return true;
  }

  /** macOS reserves behind the end only; then the file is made as long as what was reserved. */
  private static boolean darwin(
      LibC.Calls calls, String name, Path path, int descriptor, long currentLength, long end)
      throws IOException {
    if (end <= currentLength) {
      return true;
    }
    if (calls.fcntl(descriptor, F_PREALLOCATE, fstore(end - currentLength)) == -1
        || calls.ftruncate(descriptor, end) != 0) {
      return refused(calls, name, path);
    }
    return true;
  }

  static Pointer fstore(long bytes) {
    Pointer argument = Memory.allocateDirect(Runtime.getSystemRuntime(), FSTORE_BYTES, true);
    argument.putInt(FSTORE_FLAGS, F_ALLOCATEALL);
    argument.putInt(FSTORE_POSITION_MODE, F_PEOFPOSMODE);
    argument.putLongLong(FSTORE_OFFSET, 0);
    argument.putLongLong(FSTORE_LENGTH, bytes);
    return argument;
  }

  private static boolean refused(LibC.Calls calls, String name, Path path) throws IOException {
    int error = LibC.lastError();
    HostConstants host = HostConstants.ofThisHost();
    if (error == host.enospc() || error == host.edquot()) {
      throw new DiskFullException(
          name, new IOException(calls.strerror(error)), error == host.edquot());
    }
    if (error == host.eopnotsupp()
        || error == host.enotsup()
        || error == host.enosys()
        || error == host.einval()) {
      return false;
    }
    throw new IOException(
        "cannot reserve space for %s: %s%s"
            .formatted(path, calls.strerror(error), error == EFBIG ? TOO_LONG : ""));
  }
}
