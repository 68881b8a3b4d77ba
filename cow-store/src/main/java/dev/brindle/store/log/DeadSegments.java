package dev.brindle.store.log;

import java.io.IOException;
import java.util.concurrent.locks.Lock;
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

  /** Takes any of them; its number, or null when there is none. */
  @Nullable Long takeAny() throws IOException {
    for (CleaningPolicy.Candidate candidate : table.candidates()) {
      if (candidate.keptBlocks() == 0 && take(candidate.number())) {
        return candidate.number();
      }
    }
    return null;
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
