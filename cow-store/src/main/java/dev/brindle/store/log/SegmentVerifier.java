package dev.brindle.store.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Compares the segment table with the files. */
final class SegmentVerifier {
  private final SegmentTable table;
  private final OpenSegments files;
  private final int segmentBlocks;

  SegmentVerifier(SegmentTable table, OpenSegments files, int segmentBlocks) {
    this.table = table;
    this.files = files;
    this.segmentBlocks = segmentBlocks;
  }

  List<String> verify() {
    List<String> problems = new ArrayList<>();
    for (long number : table.numbers()) {
      try {
        verify(number);
      } catch (IOException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    return problems;
  }

  private void verify(long number) throws IOException {
    SegmentFile file = files.acquire(number);
    try {
      for (BlockRange range : table.liveRanges(number)) {
        file.place((int) (range.address() % segmentBlocks), range.blocks());
      }
    } finally {
      files.release(file);
    }
  }
}
