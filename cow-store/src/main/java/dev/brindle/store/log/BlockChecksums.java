package dev.brindle.store.log;

import dev.brindle.store.CorruptStoreException;
import java.io.IOException;
import org.tinylog.Logger;

/**
 * The checksums that the blocks of segment files were written with: in memory, in the cache, in the
 * file's table or, where that is damaged, in its groups.
 */
final class BlockChecksums {
  private final BlockCache cache;
  private final SegmentScanner scanner;
  private final int segmentBlocks;

  BlockChecksums(BlockCache cache, SegmentScanner scanner, int segmentBlocks) {
    this.cache = cache;
    this.scanner = scanner;
    this.segmentBlocks = segmentBlocks;
  }

  /**
   * Those of consecutive blocks, as many as are known at once.
   *
   * @param first the place of the first of them
   */
  record Run(int[] numbers, int first) {
    /** Whether a block is among them that is none before the first. */
    boolean has(int place) {
      return place - first < numbers.length;
    }

    int of(int place) {
      return numbers[place - first];
    }
  }

  /**
   * Those of a block of a file and of some behind it.
   *
   * @throws CorruptStoreException nothing tells them any more
   */
  Run from(SegmentFile file, int place) throws IOException {
    int[] held = file.checksums();
    if (held != null) {
      return new Run(held, 0);
    }
    int page = place / LogFormat.PAGE_NUMBERS;
    int[] numbers = cache.checksumPage(file.number(), page);
    if (numbers == null) {
      numbers = file.readChecksumPage(page);
      if (numbers == null) {
        return new Run(rebuilt(file, place), 0);
      }
      cache.putChecksumPage(file.number(), page, numbers);
    }
    return new Run(numbers, page * LogFormat.PAGE_NUMBERS);
  }

  /** The group headers of a normal segment say the checksums once more. */
  private int[] rebuilt(SegmentFile file, int place) throws IOException {
    long offset = file.header().pageOffset(place / LogFormat.PAGE_NUMBERS);
    if (file.header().rewritten()) {
      throw new CorruptStoreException(
          file.file().name(), offset, "a page of checksums is not what was written");
    }
    Logger.warn(
        "damaged store file {} at byte {}: a page of checksums is not what was written;"
            + " taking them from the groups",
        file.file().name(),
        offset);
    int[] checksums = new int[segmentBlocks];
    scanner.scan(file, checksums);
    file.holdChecksums(checksums);
    return checksums;
  }
}
