package dev.brindle.store.log;

import java.util.Arrays;

/**
 * Which blocks of a segment a rewritten file kept: runs of addresses, in order, whose data stand
 * one behind the other in the file.
 */
final class RunTable {
  private final int[] starts;
  private final int[] counts;

  /** Where a run's data begin, in blocks of the file. */
  private final int[] places;

  /**
   * @param pairs start and length of each run, ascending, neither touching nor overlapping
   */
  RunTable(int[] pairs, int runs) {
    starts = new int[runs];
    counts = new int[runs];
    places = new int[runs];
    int place = 0;
    for (int i = 0; i < runs; i++) {
      starts[i] = pairs[2 * i];
      counts[i] = pairs[2 * i + 1];
      places[i] = place;
      place += counts[i];
    }
  }

  /** Whether the runs ascend inside a segment and fill the file exactly. */
  boolean isSound(int segmentBlocks, int fileBlocks) {
    int end = 0;
    int total = 0;
    for (int i = 0; i < starts.length; i++) {
      if (starts[i] < end || counts[i] < 1 || counts[i] > segmentBlocks - starts[i]) {
        return false;
      }
      end = starts[i] + counts[i];
      total += counts[i];
    }
    return total == fileBlocks;
  }

  /** The file's block that holds a segment's block, or -1 when the range was not kept. */
  int place(int block, int count) {
    int i = Arrays.binarySearch(starts, block);
    int run = i >= 0 ? i : -i - 2;
    if (run < 0 || block + count > starts[run] + counts[run]) {
      return -1;
    }
    return places[run] + block - starts[run];
  }
}
