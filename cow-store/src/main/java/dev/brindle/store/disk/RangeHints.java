package dev.brindle.store.disk;

import java.nio.file.Path;
import jnr.ffi.Platform;
import jnr.ffi.Platform.OS;

/**
 * What the host may begin with in a range of a file, on Linux; elsewhere nothing happens. As with
 * {@link Preallocation} the file is opened once more, by name. A failure is told by what comes
 * after it: the sync, or the read.
 */
final class RangeHints {
  /** {@code SYNC_FILE_RANGE_WRITE}: begin, and do not wait for the end. */
  private static final int BEGIN_WRITE = 2;

  /** {@code POSIX_FADV_WILLNEED} of Linux. */
  private static final int WILL_NEED = 3;

  /**
   * A request to the disk of its own: what the first ones brought is used while the disk is still
   * at the others.
   */
  private static final int PART_BYTES = 256 << 10;

  private RangeHints() {}

  /** What is asked of an open file. */
  private interface Hint {
    void give(LibC.Calls calls, int descriptor);
  }

  /** To write what it holds of the range. */
  static void startWriteBack(Path path, long offset, long length) {
    give(path, (calls, file) -> calls.sync_file_range(file, offset, length, BEGIN_WRITE));
  }

  /** To read the range from the disk. */
  static void startRead(Path path, long offset, long length) {
    give(
        path,
        (calls, file) -> {
          for (long at = offset; at < offset + length; at += PART_BYTES) {
            long part = Math.min(PART_BYTES, offset + length - at);
            calls.posix_fadvise(file, at, part, WILL_NEED);
          }
        });
  }

  private static void give(Path path, Hint hint) {
    LibC.Calls calls = LibC.calls();
    if (calls == null || Platform.getNativePlatform().getOS() != OS.LINUX) {
      return;
    }
    int descriptor = calls.open(LibC.path(path.toString()), HostConstants.ofThisHost().oCloexec());
    if (descriptor >= 0) {
      hint.give(calls, descriptor);
      calls.close(descriptor);
    }
  }
}
