package dev.brindle.store.log;

import static dev.brindle.store.log.LogFormat.BLOCK_BYTES;
import static dev.brindle.store.log.LogFormat.PAGE_NUMBERS;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A block of a segment file that holds part of a table of 32-bit numbers and its own checksum, so
 * that a random read verifies one page and not the whole table.
 */
final class TablePage {
  private TablePage() {}

  /** All pages of a table. */
  static ByteBuffer encode(long segment, int firstPage, int[] numbers) {
    int pages = LogFormat.pagesFor(numbers.length);
    ByteBuffer all = ByteBuffer.allocate(pages * BLOCK_BYTES);
    for (int page = 0; page < pages; page++) {
      int start = page * BLOCK_BYTES;
      int from = page * PAGE_NUMBERS;
      int to = Math.min(numbers.length, from + PAGE_NUMBERS);
      for (int i = from; i < to; i++) {
        all.putInt(start + (i - from) * Integer.BYTES, numbers[i]);
      }
      all.putLong(start + LogFormat.PAGE_SEGMENT_OFFSET, segment);
      all.putInt(start + LogFormat.PAGE_INDEX_OFFSET, firstPage + page);
      all.putInt(
          start + LogFormat.PAGE_CRC_OFFSET, Buffers.crc(all, start, LogFormat.PAGE_CRC_OFFSET));
    }
    return all;
  }

  /** The numbers of one page, or null when it is not that page. */
  static int @Nullable [] decode(long segment, int page, ByteBuffer block) {
    boolean sound =
        block.getInt(LogFormat.PAGE_CRC_OFFSET) == Buffers.crc(block, 0, LogFormat.PAGE_CRC_OFFSET)
            && block.getLong(LogFormat.PAGE_SEGMENT_OFFSET) == segment
            && block.getInt(LogFormat.PAGE_INDEX_OFFSET) == page;
    if (!sound) {
      return null;
    }
    int[] numbers = new int[PAGE_NUMBERS];
    for (int i = 0; i < PAGE_NUMBERS; i++) {
      numbers[i] = block.getInt(i * Integer.BYTES);
    }
    return numbers;
  }
}
