package dev.brindle.store.disk;

import java.nio.file.Path;
import jnr.ffi.Platform;
import jnr.ffi.Platform.OS;

/**
 * Asks the host to begin reading a range of a file, on Linux; elsewhere nothing happens. As with
 * {@link Preallocation} the file is opened once more, by name.
 */
final class Prefetch {
  /** {@code POSIX_FADV_WILLNEED} of Linux. */
  private static final int WILL_NEED = 3;

  /**
   * A request to the disk of its own: what the first ones brought is used while the disk is still
   * at the others.
   */
  private static final int PART_BYTES = 256 << 10;

  private Prefetch() {}

  static void start(Path path, long offset, long length) {
    LibC.Calls calls = LibC.calls();
    if (calls == null || Platform.getNativePlatform().getOS() != OS.LINUX) {
      return;
    }
    int descriptor = calls.open(LibC.path(path.toString()), HostConstants.ofThisHost().oCloexec());
    if (descriptor >= 0) {
      // a failure is told by the reading that follows
      for (long at = offset; at < offset + length; at += PART_BYTES) {
        calls.posix_fadvise(descriptor, at, Math.min(PART_BYTES, offset + length - at), WILL_NEED);
      }
      calls.close(descriptor);
    }
  }
}
