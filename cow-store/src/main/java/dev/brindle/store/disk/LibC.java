package dev.brindle.store.disk;

import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.Variadic;
import jnr.ffi.types.off_t;
import org.jspecify.annotations.Nullable;

/** The few calls of the C library that the JDK lacks. Loaded when first needed. */
final class LibC {
  /** The same number on every Unix. */
  private static final int EIO = 5;

  /** The same number on every Unix. */
  private static final int EPIPE = 32;

  private LibC() {}

  /** Public because jnr-ffi generates the class that implements it. */
  public interface Calls {
    int open(byte[] path, int flags);

    int close(int descriptor);

    int flock(int descriptor, int operation);

    int fallocate(int descriptor, int mode, @off_t long offset, @off_t long length);

    int sync_file_range(int descriptor, @off_t long offset, @off_t long length, int flags);

    int posix_fadvise(int descriptor, @off_t long offset, @off_t long length, int advice);

    @Variadic(fixedCount = 2)
    int fcntl(int descriptor, int command, Pointer argument);

    int ftruncate(int descriptor, @off_t long length);

    String strerror(int errno);
  }

  private static final class Loaded {
    static final @Nullable Calls CALLS = load();

    private static @Nullable Calls load() {
      try {
        return LibraryLoader.create(Calls.class)
            .load(jnr.ffi.Platform.getNativePlatform().getStandardCLibraryName());
      } catch (LinkageError | RuntimeException e) {
        // No native access on this machine: callers have a way without it.
        return null;
      }
    }
  }

  /** The calls, or null where native code cannot be called. */
  static @Nullable Calls calls() {
    return Loaded.CALLS;
  }

  static int lastError() {
    return Runtime.getSystemRuntime().getLastError();
  }

  /** What the C library says, in this process's locale, when the disk or the quota is full. */
  static List<String> fullDiskMessages() {
    Calls calls = calls();
    if (calls == null) {
      return List.of();
    }
    HostConstants host = HostConstants.ofThisHost();
    return List.of(calls.strerror(host.enospc()), calls.strerror(host.edquot()));
  }

  /** Of {@link #fullDiskMessages}, the one for the quota. */
  static String quotaMessage() {
    Calls calls = calls();
    return calls == null ? "quota" : calls.strerror(HostConstants.ofThisHost().edquot());
  }

  /** What the C library says, in this process's locale, when a disk fails. */
  static String inputOutputMessage() {
    Calls calls = calls();
    return calls == null ? "Input/output error" : calls.strerror(EIO);
  }

  /** What the C library says, in this process's locale, where nobody serves a mount any more. */
  static String notConnectedMessage() {
    Calls calls = calls();
    return calls == null ? "not connected" : calls.strerror(HostConstants.ofThisHost().enotconn());
  }

  /** What the C library says, in this process's locale, when nobody reads a pipe any more. */
  static String brokenPipeMessage() {
    Calls calls = calls();
    return calls == null ? "Broken pipe" : calls.strerror(EPIPE);
  }

  /** A path as the C library takes it: the bytes that the JDK would pass, and a NUL. */
  static byte[] path(String path) {
    byte[] bytes = path.getBytes(fileNameCharset());
    return Arrays.copyOf(bytes, bytes.length + 1);
  }

  private static Charset fileNameCharset() {
    String name = System.getProperty("sun.jnu.encoding");
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : Charset.defaultCharset();
  }
}
