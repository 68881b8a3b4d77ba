package dev.brindle.store.log;

import static dev.brindle.store.log.LogFormat.BLOCK_BYTES;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What stands behind the log's end. A crash may leave groups there whose predecessors it took; but
 * each of them says what was durable before it, and that a crash cannot take.
 */
final class LogTail {
  private static final int READ_BLOCKS = 256;

  /** No group is as long as that: where so much has no header, there is none behind it either. */
  private static final int GAP_BLOCKS_MAX = 4096;

  private final Disk disk;
  private final SegmentScanner scanner;
  private final ByteBuffer buffer = ByteBuffer.allocate(READ_BLOCKS * BLOCK_BYTES);

  LogTail(Disk disk, SegmentScanner scanner) {
    this.disk = disk;
    this.scanner = scanner;
  }

  /**
   * The number of the group before which all were durable, as far as groups behind the end say; 0
   * when there are none.
   *
   * @param head the segment of the log's end
   * @param end its block there
   */
  long durableBefore(SegmentFile head, int end) throws IOException {
    long durable = durableBefore(head, end, head.file().length());
    for (String name : disk.list(LogFormat.DIRECTORY)) {
      long number = LogFormat.segmentNumber(name);
      if (number > head.number()) {
        durable = Math.max(durable, ofLaterSegment(head, number));
      }
    }
    return durable;
  }

  /**
   * Whether the next segment's file is lost: none is made before the names of all that come before
   * it are durable, so that there is none behind a gap.
   *
   * @param head the segment of the log's end
   */
  boolean isNextLost(SegmentFile head) throws IOException {
    long last = 0;
    for (String name : disk.list(LogFormat.DIRECTORY)) {
      last = Math.max(last, LogFormat.segmentNumber(name));
    }
    long next = head.number() + 1;
    return last > next && !disk.exists(LogFormat.segmentName(next));
  }

  private long ofLaterSegment(SegmentFile head, long number) throws IOException {
    SegmentHeader header = head.header();
    try (SegmentFile later =
        SegmentFile.open(
            disk, header.store(), number, header.segmentBlocks(), Disk.OpenMode.READ)) {
      return durableBefore(later, 0, later.file().length());
    } catch (CorruptStoreException e) {
      throw new CorruptStoreException(e, LogRecovery.ADVICE);
    }
  }

  private long durableBefore(SegmentFile in, int from, long length) throws IOException {
    long durable = 0;
    int last = from;
    for (int start = from; start - last < GAP_BLOCKS_MAX; start += READ_BLOCKS) {
      if (in.offset(start) >= length || in.file().read(in.offset(start), buffer.clear()) <= 0) {
        return durable;
      }
      for (int i = 0; (i + 1) * BLOCK_BYTES <= buffer.position(); i++) {
        SegmentScanner.Found found =
            buffer.getLong(i * BLOCK_BYTES) == LogFormat.GROUP_MAGIC
                ? scanner.headerAt(in, start + i)
                : null;
        if (found != null) {
          durable = Math.max(durable, found.header().durableBefore());
          last = start + i;
        }
      }
    }
    return durable;
  }
}
