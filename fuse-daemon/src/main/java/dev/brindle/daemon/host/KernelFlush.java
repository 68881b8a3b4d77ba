package dev.brindle.daemon.host;

import java.io.IOException;
import java.nio.file.Path;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;

/** Has the kernel write back what it holds dirty of a mounted file system. */
public final class KernelFlush {
  private static final int O_RDONLY_DIRECTORY = 0200000;

  /** The functions of libc by their C names; public only because jnr-ffi implements it. */
  public interface LibC {
    int open(CharSequence path, int flags);

    int syncfs(int descriptor);

    int close(int descriptor);

    void sync();
  }

  private static final class Holder {
    static final LibC LIBC = LibraryLoader.create(LibC.class).load("c");
  }

  private KernelFlush() {}

  /** {@code syncfs} on the mount; on macOS, which has none, {@code sync}. */
  public static void run(Path mountPoint) throws IOException {
    if (Host.current() == Host.MACOS) {
      Holder.LIBC.sync();
      return;
    }
    int descriptor = Holder.LIBC.open(mountPoint.toString(), O_RDONLY_DIRECTORY);
    if (descriptor < 0) {
      throw failure("open", mountPoint);
    }
    try {
      if (Holder.LIBC.syncfs(descriptor) < 0) {
        throw failure("syncfs", mountPoint);
      }
    } finally {
      Holder.LIBC.close(descriptor);
    }
  }

  private static IOException failure(String call, Path mountPoint) {
    int errno = LastError.getLastError(Runtime.getSystemRuntime());
    return new IOException(call + " of " + mountPoint + " failed with error number " + errno);
  }
}
