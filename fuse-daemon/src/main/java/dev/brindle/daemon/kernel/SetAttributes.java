package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.SetattrIn;
import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileMode;
import dev.brindle.store.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * The request {@code setattr}: values and bits that say which of them count. A time that is not to
 * change (UTIME_OMIT) has no bit; the present time (UTIME_NOW) has one of its own. The change time
 * comes of a kernel that caches writes.
 */
final class SetAttributes {
  private static final int MODE = 1;
  private static final int UID = 1 << 1;
  private static final int GID = 1 << 2;
  private static final int SIZE = 1 << 3;
  private static final int ATIME = 1 << 4;
  private static final int MTIME = 1 << 5;
  private static final int HANDLE = 1 << 6;
  private static final int ATIME_NOW = 1 << 7;
  private static final int MTIME_NOW = 1 << 8;
  private static final int CTIME = 1 << 10;
  private static final int KILL_SET_IDS = 1 << 11;

  private final Request request;
  private final int bits;

  SetAttributes(Request request) {
    this.request = request;
    bits = request.u32(SetattrIn.VALID);
  }

  private boolean has(int mask) {
    return (bits & mask) != 0;
  }

  /** Whether set-uid and set-gid bits go with the change of size. */
  boolean dropsSetIds() {
    return has(KILL_SET_IDS);
  }

  boolean setSize() {
    return has(SIZE);
  }

  /** Whether a file capability goes. */
  boolean dropsCapability() {
    return has(SIZE | UID | GID);
  }

  /** Whether it says nothing but the times that a kernel that caches writes has kept. */
  boolean areKeptTimes() {
    return has(CTIME) && (bits & ~(MTIME | CTIME | HANDLE)) == 0;
  }

  AttributeChange change() {
    return new AttributeChange(
        has(MODE) ? (Integer) (request.u32(SetattrIn.MODE) & FileMode.PERMISSION_MASK) : null,
        has(UID) ? (Integer) request.u32(SetattrIn.UID) : null,
        has(GID) ? (Integer) request.u32(SetattrIn.GID) : null,
        has(SIZE) ? (Long) request.u64(SetattrIn.SIZE) : null,
        time(ATIME, ATIME_NOW, SetattrIn.ATIME, SetattrIn.ATIME_NANOS),
        time(MTIME, MTIME_NOW, SetattrIn.MTIME, SetattrIn.MTIME_NANOS),
        time(CTIME, 0, SetattrIn.CTIME, SetattrIn.CTIME_NANOS));
  }

  private @Nullable Timestamp time(int given, int now, int at, int nanosAt) {
    if (has(now)) {
      return Timestamp.now();
    }
    return has(given) ? new Timestamp(request.u64(at), request.u32(nanosAt)) : null;
  }
}
