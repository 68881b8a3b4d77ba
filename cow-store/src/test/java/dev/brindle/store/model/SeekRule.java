package dev.brindle.store.model;

import dev.brindle.store.Errno;
import org.jspecify.annotations.Nullable;

/**
 * What SEEK_DATA and SEEK_HOLE may answer. A store may report zeros as data where somebody wrote or
 * allocated them, and only there; it may report a hole only where all bytes are zero.
 */
final class SeekRule {
  /** Files up to this size may be kept whole, without holes. */
  private static final long INLINE_BYTES_MAX = SparseBytes.BLOCK;

  private SeekRule() {}

  /** What is wrong with the answer of SEEK_DATA; null when nothing is. */
  static @Nullable String refuseData(SparseBytes content, long from, Outcome<Long> answer) {
    long next = content.nextData(from / SparseBytes.BLOCK);
    long mustStop = next < 0 ? Long.MAX_VALUE : Math.max(from, next * SparseBytes.BLOCK);
    if (from >= content.size() || answer.value() == null) {
      boolean right = answer.errno() == Errno.ENXIO && (from >= content.size() || next < 0);
      return right ? null : "expected " + (next < 0 ? "ENXIO" : mustStop) + ", found " + answer;
    }
    long found = answer.value();
    if (found < from || found > mustStop || found >= content.size()) {
      return "expected " + from + ".." + mustStop + ", found " + found;
    }
    boolean mayBeData =
        content.mayBeData(found / SparseBytes.BLOCK) || content.size() <= INLINE_BYTES_MAX;
    return mayBeData ? null : "found " + found + ", where nobody wrote";
  }

  /** What is wrong with the answer of SEEK_HOLE; null when nothing is. */
  static @Nullable String refuseHole(SparseBytes content, long from, Outcome<Long> answer) {
    if (from >= content.size() || answer.value() == null) {
      boolean right = answer.errno() == Errno.ENXIO && from >= content.size();
      return right ? null : "expected a hole or the end, found " + answer;
    }
    long found = answer.value();
    if (found < from || found > content.size()) {
      return "found " + found + ", not in " + from + ".." + content.size();
    }
    if (content.size() > INLINE_BYTES_MAX) {
      long end = Math.min((found - 1) / SparseBytes.BLOCK, from / SparseBytes.BLOCK + 100_000);
      for (long block = from / SparseBytes.BLOCK; block <= end; block++) {
        if (found > from && !content.mayBeData(block)) {
          return "found " + found + ", but block " + block + " was never written";
        }
      }
    }
    if (found == content.size()) {
      return null;
    }
    boolean zero = !content.mustBeData(found / SparseBytes.BLOCK);
    return zero ? null : "found " + found + ", where there is data";
  }
}
