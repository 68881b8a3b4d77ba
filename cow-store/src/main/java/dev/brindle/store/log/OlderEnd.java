package dev.brindle.store.log;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import java.io.IOException;

/**
 * Where a log goes on when an older index than its last one is taken. The segment of that index's
 * position may have been rewritten since, or its file given to another one: then there is no redo
 * behind the position, and nothing can be appended there.
 */
final class OlderEnd {
  private OlderEnd() {}

  /** The given state, or one at the beginning of a segment that is made behind all others. */
  static LogState of(Disk disk, StoreId store, int segmentBlocks, LogState older)
      throws IOException {
    long number = older.position().address() / segmentBlocks;
    if (isNormal(disk, store, segmentBlocks, number)) {
      return older;
    }
    long last = number;
    for (String name : disk.list(LogFormat.DIRECTORY)) {
      last = Math.max(last, LogFormat.segmentNumber(name));
    }
    try (OpenSegments files = new OpenSegments(disk, store, segmentBlocks)) {
      new Spares(disk, store, segmentBlocks, files, null, last + 1).ensure(1);
    }
    LogPosition position = new LogPosition((last + 1) * segmentBlocks);
    return new LogState(position, older.incarnation(), older.sequence());
  }

  private static boolean isNormal(Disk disk, StoreId store, int segmentBlocks, long number)
      throws IOException {
    try (SegmentFile file =
        SegmentFile.open(disk, store, number, segmentBlocks, Disk.OpenMode.READ)) {
      return !file.header().rewritten();
    } catch (CorruptStoreException e) {
      return false;
    }
  }
}
