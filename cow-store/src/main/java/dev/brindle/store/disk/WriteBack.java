package dev.brindle.store.disk;

import java.nio.file.Path;
import jnr.ffi.Platform;
import jnr.ffi.Platform.OS;

/**
 * Asks the host to begin writing what it holds of a file, on Linux; elsewhere nothing happens. As
 * with {@link Preallocation} the file is opened once more, by name.
 */
final class WriteBack {
  /** {@code SYNC_FILE_RANGE_WRITE}: begin, and do not wait for the end. */
  private static final int BEGIN = 2;

  private WriteBack() {}

  static void start(Path path, long offset, long length) {
    LibC.Calls calls = LibC.calls();
    if (calls == null || Platform.getNativePlatform().getOS() != OS.LINUX) {
      return;
    }
    HostConstants host = HostConstants.ofThisHost();
    int descriptor = calls.open(LibC.path(path.toString()), host.oRdwr() | host.oCloexec());
    if (descriptor >= 0) {
      // a failure is told by the sync that follows
      calls.sync_file_range(descriptor, offset, length, BEGIN);
      calls.close(descriptor);
    }
  }
}
