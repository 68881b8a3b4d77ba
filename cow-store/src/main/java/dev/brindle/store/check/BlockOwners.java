package dev.brindle.store.check;

import dev.brindle.store.check.BlockRuns.Run;
import dev.brindle.store.log.BlockRange;
import dev.brindle.store.log.Log;
import dev.brindle.store.log.SegmentInfo;
import dev.brindle.store.version.VersionAudit;
import dev.brindle.store.volume.Extent;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which blocks of the log are referred to; each reference is claimed where it was born. */
final class BlockOwners {
  private final int segmentBlocks;
  private final Problems problems;
  private final Map<Long, BitSet> claimed = new TreeMap<>();
  private final BlockRuns again = new BlockRuns();
  private long blocks;

  BlockOwners(int segmentBlocks, Problems problems) {
    this.segmentBlocks = segmentBlocks;
    this.problems = problems;
  }

  /** What is claimed. */
  long bytes() {
    return blocks * Extent.BLOCK_BYTES;
  }

  /** By segment. */
  Map<Long, BitSet> claimed() {
    return claimed;
  }

  /** What is claimed more than once, with how often beyond the first; runs do not overlap. */
  List<Run> again() {
    return again.minus(new BlockRuns()).runs();
  }

  /** Has blocks count as live that nobody may claim: space is given up rather than data. */
  void keep(long address, long count) {
    long segment = address / segmentBlocks;
    if (segment > 0) {
      int first = (int) (address % segmentBlocks);
      claimed
          .computeIfAbsent(segment, number -> new BitSet(segmentBlocks))
          .set(first, first + (int) count);
    }
  }

  /**
   * @param times how many references
   */
  void claim(String place, long address, long count, long times) {
    long segment = address / segmentBlocks;
    int first = (int) (address % segmentBlocks);
    if (segment <= 0 || count > segmentBlocks - first) {
      problems.add(
          place, "blocks %d to %d are not in one segment".formatted(address, address + count - 1));
      return;
    }
    BitSet bits = claimed.computeIfAbsent(segment, number -> new BitSet(segmentBlocks));
    int end = first + (int) count;
    for (int from = first; from < end; ) {
      boolean isClaimed = bits.get(from);
      int to = isClaimed ? bits.nextClearBit(from) : bits.nextSetBit(from);
      int until = to < 0 ? end : Math.min(to, end);
      long others = isClaimed ? times : times - 1;
      if (others > 0) {
        again.add(segment * segmentBlocks + from, until - from, 0, others);
      }
      blocks += isClaimed ? 0 : until - from;
      from = until;
    }
    bits.set(first, end);
  }

  /** Compares what is claimed more than once with the reference-count map. */
  void compareShares(VersionAudit audit) throws IOException {
    BlockRuns counted = new BlockRuns();
    audit.shares((address, count, others) -> counted.add(address, count, 0, others));
    report(again.minus(counted), "are referred to more often than they count");
    report(counted.minus(again), "count more references than they have");
  }

  private void report(BlockRuns wrong, String how) {
    for (Run run : wrong.runs()) {
      problems.add(
          "blocks %d to %d %s, by %d".formatted(run.address(), run.end() - 1, how, run.count()));
    }
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
