package dev.brindle.store.check;

import dev.brindle.store.log.BlockRange;
import dev.brindle.store.log.Log;
import dev.brindle.store.log.SegmentInfo;
import dev.brindle.store.volume.Extent;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which blocks of the log some version refers to; each is claimed where it was born. */
final class BlockOwners {
  private final int segmentBlocks;
  private final Problems problems;
  private final Map<Long, BitSet> claimed = new TreeMap<>();
  private long blocks;

  BlockOwners(int segmentBlocks, Problems problems) {
    this.segmentBlocks = segmentBlocks;
    this.problems = problems;
  }

  /** What is claimed. */
  long bytes() {
    return blocks * Extent.BLOCK_BYTES;
  }

  void claim(String place, long address, long count) {
    long segment = address / segmentBlocks;
    int first = (int) (address % segmentBlocks);
    if (segment <= 0 || count > segmentBlocks - first) {
      problems.add(
          place, "blocks %d to %d are not in one segment".formatted(address, address + count - 1));
      return;
    }
    BitSet bits = claimed.computeIfAbsent(segment, number -> new BitSet(segmentBlocks));
    int end = first + (int) count;
    int there = bits.nextSetBit(first);
    if (there >= 0 && there < end) {
      problems.add(
          place,
          "block %d of segment %d is referred to by two extents that do not share it"
              .formatted(there, segment));
    }
    blocks += count;
    bits.set(first, end);
  }

  /** Compares what is claimed with the log's live maps, which do not change meanwhile. */
  void compare(Log log) throws IOException {
    for (SegmentInfo info : log.segments()) {
      BitSet live = new BitSet(segmentBlocks);
      for (BlockRange range : liveRanges(log, info)) {
        int first = (int) (range.address() % segmentBlocks);
        live.set(first, first + range.blocks());
      }
      BitSet referred = claimed.remove(info.number());
      compare(info, live, referred == null ? new BitSet() : referred);
    }
    claimed.forEach(
        (segment, bits) ->
            problems.add(
                "segment %d does not exist, and %d of its blocks are referred to, from block %d on"
                    .formatted(segment, bits.cardinality(), bits.nextSetBit(0))));
  }

  /** A segment without live blocks may be deleted at any time. */
  private static List<BlockRange> liveRanges(Log log, SegmentInfo info) throws IOException {
    return info.liveBlocks() == 0 ? List.of() : log.liveRanges(info.number());
  }

  private void compare(SegmentInfo info, BitSet live, BitSet referred) {
    if (info.liveBlocks() != live.cardinality()) {
      problems.add(
          "segment %d counts %d live blocks, and its live map has %d"
              .formatted(info.number(), info.liveBlocks(), live.cardinality()));
    }
    BitSet lost = (BitSet) referred.clone();
    lost.andNot(live);
    report(info.number(), lost, "referred to, but not live");
    live.andNot(referred);
    report(info.number(), live, "live, but not referred to");
  }

  private void report(long segment, BitSet wrong, String how) {
    for (int from = wrong.nextSetBit(0); from >= 0; ) {
      int end = wrong.nextClearBit(from);
      problems.add("blocks %d to %d of segment %d are %s".formatted(from, end - 1, segment, how));
      from = wrong.nextSetBit(end);
    }
  }
}
