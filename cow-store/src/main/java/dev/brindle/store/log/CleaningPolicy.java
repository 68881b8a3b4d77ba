package dev.brindle.store.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Decides which segments are worth cleaning. The dead blocks of all segments together stay below a
 * share of the kept ones plus a constant, and no segment stays that is mostly dead; when the host's
 * disk is nearly full, less is tolerated and more is copied for it.
 */
final class CleaningPolicy {
  private static final int DEAD_SHARE = 4;
  private static final int DEAD_SHARE_TIGHT = 16;

  /** What is tolerated in any case, as a share of a segment. */
  private static final int CONSTANT_SHARE = 4;

  /** A segment with a larger share of dead blocks is rewritten in any case. */
  private static final int SEGMENT_DEAD_SHARE = 2;

  private static final int SEGMENT_DEAD_SHARE_TIGHT = 8;

  /** For a smaller gain, as a share of a segment, no file is copied; but when space is tight. */
  private static final int GAIN_SHARE_MIN = 64;

  private static final int TIGHT_SHARE_OF_DISK = 20;
  private static final long TIGHT_BYTES_MAX = 8L << 30;
  private static final int TIGHT_SEGMENTS = 4;

  /**
   * A segment that may be cleaned.
   *
   * @param fileBlocks data blocks its file has room for
   * @param keptBlocks those that must stay
   */
  record Candidate(long number, int fileBlocks, int keptBlocks) {
    int deadBlocks() {
      return fileBlocks - keptBlocks;
    }

    boolean isDead() {
      return keptBlocks == 0;
    }

    double deadShare() {
      return (double) deadBlocks() / Math.max(1, fileBlocks);
    }
  }

  /**
   * What is to be done.
   *
   * @param dead segments without anything to keep
   * @param rewrites segments to be rewritten, the most worthwhile first
   */
  record Plan(List<Long> dead, List<Long> rewrites) {}

  private CleaningPolicy() {}

  /** Whether the host's disk is nearly full. */
  static boolean isTight(long freeBytes, long totalBytes, int segmentBlocks) {
    long segmentBytes = (long) segmentBlocks * LogFormat.BLOCK_BYTES;
    long share = Math.min(totalBytes / TIGHT_SHARE_OF_DISK, TIGHT_BYTES_MAX);
    return freeBytes < Math.max(share, TIGHT_SEGMENTS * segmentBytes);
  }

  static Plan plan(List<Candidate> candidates, int segmentBlocks, boolean tight) {
    List<Long> dead = new ArrayList<>();
    List<Candidate> partly = new ArrayList<>();
    long deadBlocks = 0;
    long keptBlocks = 0;
    for (Candidate candidate : candidates) {
      if (candidate.isDead()) {
        dead.add(candidate.number());
      } else {
        deadBlocks += candidate.deadBlocks();
        keptBlocks += candidate.keptBlocks();
        partly.add(candidate);
      }
    }
    long bound =
        keptBlocks / (tight ? DEAD_SHARE_TIGHT : DEAD_SHARE) + segmentBlocks / CONSTANT_SHARE;
    int gainMin = tight ? 1 : Math.max(1, segmentBlocks / GAIN_SHARE_MIN);
    int segmentShare = tight ? SEGMENT_DEAD_SHARE_TIGHT : SEGMENT_DEAD_SHARE;
    partly.sort(Comparator.comparingDouble(Candidate::deadShare).reversed());
    List<Long> rewrites = new ArrayList<>();
    for (Candidate candidate : partly) {
      int gain = candidate.deadBlocks();
      boolean mostlyDead = (long) gain * segmentShare > candidate.fileBlocks();
      if (gain >= gainMin && (mostlyDead || deadBlocks > bound)) {
        rewrites.add(candidate.number());
        deadBlocks -= gain;
      }
    }
    return new Plan(dead, rewrites);
  }
}
