package dev.brindle.daemon.kernel;

import dev.brindle.daemon.serve.NativeBuffer;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.Charset;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.LibraryOption;
import jnr.ffi.Runtime;

/** libc, and what its functions' failures become. Numbers are Linux's, on x86-64 and arm64. */
final class Native {
  static final LibC LIBC =
      LibraryLoader.create(LibC.class).option(LibraryOption.LoadNow, true).load("c");

  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int ENODEV = 19;
  static final int EINVAL = 22;
  static final int ECONNABORTED = 103;

  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_NONBLOCK = 04000;
  private static final boolean AARCH64 = System.getProperty("os.arch").equals("aarch64");
  static final int O_DIRECTORY = AARCH64 ? 040000 : 0200000;
  static final int O_DIRECT = AARCH64 ? 0200000 : 040000;
  static final int O_DSYNC = 010000;
  static final int O_SYNC = 04000000 | O_DSYNC;
  static final int O_CLOEXEC = 02000000;

  private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

  private Native() {}

  /** {@code errno} of this thread's last call that failed. */
  static int errno() {
    return LastError.getLastError(RUNTIME);
  }

  /** What an error number says, for messages. */
  static String text(int errno) {
    return LIBC.strerror(errno);
  }

  /**
   * @throws IOException when the result says that the call failed
   */
  static int check(int result, String what) throws IOException {
    if (result < 0) {
      throw new IOException(what + ": " + text(errno()));
    }
    return result;
  }

  static int open(String path, int flags) throws IOException {
    NativeBuffer name = string(path);
    try {
      return check(LIBC.open(name.address(), flags | O_CLOEXEC), "cannot open " + path);
    } finally {
      Reference.reachabilityFence(name);
    }
  }

  /** A C string in the character set in which the JDK itself hands paths to the system. */
  static NativeBuffer string(String text) {
    return NativeBuffer.string(
        text.getBytes(Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"))));
  }
}
