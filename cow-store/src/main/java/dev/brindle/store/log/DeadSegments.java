package dev.brindle.store.log;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The segments in which nothing is to be kept any more, as of the last durable checkpoint. Whoever
 * takes one has its file for himself: to delete it, or to make the log's next segment of it.
 */
final class DeadSegments {
  private final SegmentTable table;
  private final OpenSegments files;
  private final BlockCache cache;
  private final Lock exclusive;
  private final int segmentBlocks;

  /**
   * @param exclusive held while a segment goes: nobody has one pinned then
   */
  DeadSegments(
      SegmentTable table, OpenSegments files, BlockCache cache, Lock exclusive, int segmentBlocks) {
    this.table = table;
    this.files = files;
    this.cache = cache;
    this.exclusive = exclusive;
    this.segmentBlocks = segmentBlocks;
  }

  /**
   * Takes one with the longest file, which needs the least space to be a whole segment's.
   *
   * @return its number, or null when there is none
   */
  @Nullable Long takeLongest() throws IOException {
    for (Long number = longest(); number != null; number = longest()) {
      if (take(number)) {
        return number;
      }
    }
    return null;
  }

  List<Long> numbers() {
    return candidates().map(CleaningPolicy.Candidate::number).toList();
  }

  private Stream<CleaningPolicy.Candidate> candidates() {
    return table.candidates().stream().filter(CleaningPolicy.Candidate::isDead);
  }

  private @Nullable Long longest() {
    return candidates()
        .max(Comparator.comparingInt(CleaningPolicy.Candidate::fileBlocks))
        .map(CleaningPolicy.Candidate::number)
        .orElse(null);
  }

  /** Takes one that is dead; false when somebody else has taken it. */
  boolean take(long number) throws IOException {
    exclusive.lock();
    try {
      boolean taken = table.remove(number);
      if (taken) {
        files.remove(number);
        cache.forgetChecksums(number, LogFormat.pagesFor(segmentBlocks));
      }
      return taken;
    } finally {
      exclusive.unlock();
    }
  }
}
