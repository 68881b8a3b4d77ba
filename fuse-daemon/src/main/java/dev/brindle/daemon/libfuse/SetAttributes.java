package dev.brindle.daemon.libfuse;

import com.kenai.jffi.MemoryIO;
import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileMode;
import dev.brindle.store.Timestamp;

/**
 * The request {@code setattr}: a {@code struct stat} and bits that say which of its members count.
 * A time that is not to change (UTIME_OMIT) has no bit; the present time (UTIME_NOW) has one of its
 * own. (libfuse's path-based interface loses both unless {@code flag_utime_omit_ok} is set.)
 */
final class SetAttributes {
  private static final int MODE = 1;
  private static final int UID = 1 << 1;
  private static final int GID = 1 << 2;
  private static final int SIZE = 1 << 3;
  private static final int ATIME = 1 << 4;
  private static final int MTIME = 1 << 5;
  private static final int ATIME_NOW = 1 << 7;
  private static final int MTIME_NOW = 1 << 8;

  private SetAttributes() {}

  static AttributeChange change(long stat, int bits) {
    MemoryIO memory = MemoryIO.getInstance();
    return new AttributeChange(
        (bits & MODE) == 0
            ? null
            : (Integer) (memory.getShort(stat + FuseLayout.STAT_MODE) & FileMode.PERMISSION_MASK),
        (bits & UID) == 0 ? null : (Integer) memory.getInt(stat + FuseLayout.STAT_UID),
        (bits & GID) == 0 ? null : (Integer) memory.getInt(stat + FuseLayout.STAT_GID),
        (bits & SIZE) == 0 ? null : (Long) memory.getLong(stat + FuseLayout.STAT_SIZE),
        (bits & (ATIME | ATIME_NOW)) == 0
            ? null
            : time(stat + FuseLayout.STAT_ATIME, (bits & ATIME_NOW) != 0),
        (bits & (MTIME | MTIME_NOW)) == 0
            ? null
            : time(stat + FuseLayout.STAT_MTIME, (bits & MTIME_NOW) != 0),
        null);
  }

  private static Timestamp time(long timespec, boolean now) {
    if (now) {
      return Timestamp.now();
    }
    MemoryIO memory = MemoryIO.getInstance();
    return new Timestamp(memory.getLong(timespec), (int) memory.getLong(timespec + Long.BYTES));
  }
}
