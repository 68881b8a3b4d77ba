package dev.brindle.store.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.index.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** All segments that have a file, with their live maps. A leaf in the order of locks. */
final class SegmentTable {
  private final int segmentBlocks;

  @GuardedBy("this")
  private final TreeMap<Long, Segment> segments = new TreeMap<>();

  /** Gone since the last freeze: their rows are to be removed. */
  @GuardedBy("this")
  private final TreeSet<Long> removed = new TreeSet<>();

  @GuardedBy("this")
  private long liveBlocks;

  @GuardedBy("this")
  private long fileBlocks;

  /** Segments below this are wholly before the position of the last durable checkpoint. */
  @GuardedBy("this")
  private long committedHead;

  /** Blocks that died since the last freeze; written under the lock. */
  private volatile long diedBlocks;

  @GuardedBy("this")
  private boolean lostRows;

  @GuardedBy("this")
  private final List<Long> supplied = new ArrayList<>();

  SegmentTable(int segmentBlocks) {
    this.segmentBlocks = segmentBlocks;
  }

  /**
   * Takes in the rows of the last checkpoint. A table that is damaged is written anew by the next
   * one, and {@link LostLiveMaps} has to supply what is missing.
   */
  synchronized void load(Table rows) throws IOException {
    rows.forEachSound(
        (number, value) -> {
          try {
            insert(Segment.decodeRow(number, segmentBlocks, value));
          } catch (CorruptStoreException e) {
            noteLostRows(e);
          }
        },
        this::noteLostRows);
    if (lostRows) {
      rows.clear();
      segments.values().forEach(segment -> segment.changed = true);
    }
  }

  private synchronized void noteLostRows(CorruptStoreException cause) {
    Logger.error(cause, "the live maps of some segments are lost");
    lostRows = true;
  }

  /** True when segments may be missing that the last checkpoint knew. */
  synchronized boolean hasLostRows() {
    return lostRows;
  }

  /** Takes in a segment whose row is lost: more may be live than is referred to. */
  synchronized void supply(long number, int fileBlocks, LiveMap map) {
    Segment segment = new Segment(number, fileBlocks);
    segment.replace(map);
    segment.commit(map);
    insert(segment);
    supplied.add(number);
  }

  /** The segments whose rows were lost. */
  synchronized List<Long> supplied() {
    return List.copyOf(supplied);
  }

  synchronized void add(long number) {
    if (!segments.containsKey(number)) {
      insert(new Segment(number, segmentBlocks));
    }
  }

  private synchronized void insert(Segment segment) {
    segments.put(segment.number, segment);
    removed.remove(segment.number);
    liveBlocks += segment.now().count();
    fileBlocks += segment.fileBlocks;
  }

  /** The segment's file goes, and nothing in it is live; false when it is gone already. */
  synchronized boolean remove(long number) {
    Segment segment = segments.remove(number);
    if (segment == null) {
      return false;
    }
    if (!segment.now().isEmpty()) {
      throw new IllegalStateException("segment " + number + " still has live blocks");
    }
    fileBlocks -= segment.fileBlocks;
    removed.add(number);
    return true;
  }

  synchronized boolean contains(long number) {
    return segments.containsKey(number);
  }

  synchronized List<Long> numbers() {
    return new ArrayList<>(segments.keySet());
  }

  synchronized void markLive(long address, int blocks) {
    segment(address, blocks).markLive(blockOf(address), blocks);
    liveBlocks += blocks;
  }

  synchronized void markDead(long address, int blocks) {
    segment(address, blocks).markDead(blockOf(address), blocks);
    liveBlocks -= blocks;
    diedBlocks += blocks;
  }

  /** Says anew which blocks are live: those of a segment that is not named are all dead. */
  synchronized void replaceLive(Map<Long, BitSet> live) {
    for (Segment segment : segments.values()) {
      BitSet bits = (BitSet) live.getOrDefault(segment.number, new BitSet()).clone();
      LiveMap map = LiveMap.ofBits(bits);
      if (!map.equals(segment.now())) {
        liveBlocks += map.count() - segment.now().count();
        segment.replace(map);
      }
    }
  }

  synchronized boolean isLive(long address, int blocks) {
    Segment segment = segments.get(address / segmentBlocks);
    int block = blockOf(address);
    return segment != null
        && blocks > 0
        && block + blocks <= segmentBlocks
        && segment.now().contains(block, blocks);
  }

  @GuardedBy("this")
  private Segment segment(long address, int blocks) {
    Segment segment = segments.get(address / segmentBlocks);
    if (segment == null || blocks < 1 || blockOf(address) + blocks > segmentBlocks) {
      throw new IllegalStateException("blocks %d+%d are in no segment".formatted(address, blocks));
    }
    return segment;
  }

  private int blockOf(long address) {
    return (int) (address % segmentBlocks);
  }

  /** How many blocks died since the last freeze. Takes no lock. */
  long diedBlocks() {
    return diedBlocks;
  }

  /** What changed since the last freeze; the maps in it stay as they are. */
  synchronized List<FrozenSegments.Row> freeze() {
    diedBlocks = 0;
    List<FrozenSegments.Row> rows = new ArrayList<>();
    for (long number : removed) {
      rows.add(new FrozenSegments.Row(number, 0, null));
    }
    removed.clear();
    for (Segment segment : segments.values()) {
      if (segment.changed) {
        rows.add(new FrozenSegments.Row(segment.number, segment.fileBlocks, segment.freeze()));
      }
    }
    return rows;
  }

  /** The checkpoint with these rows is durable. */
  synchronized void commit(long headSegment, List<FrozenSegments.Row> rows) {
    committedHead = headSegment;
    for (FrozenSegments.Row row : rows) {
      Segment segment = segments.get(row.segment());
      if (segment != null && row.map() != null) {
        segment.commit(row.map());
      }
    }
  }

  synchronized void setCommittedHead(long headSegment) {
    committedHead = headSegment;
  }

  /** The segments that a cleaner may touch. */
  synchronized List<CleaningPolicy.Candidate> candidates() {
    List<CleaningPolicy.Candidate> candidates = new ArrayList<>();
    for (Segment segment : segments.headMap(committedHead, false).values()) {
      if (!segment.damaged) {
        int kept = Math.max(segment.now().count(), segment.committed().count());
        candidates.add(new CleaningPolicy.Candidate(segment.number, segment.fileBlocks, kept));
      }
    }
    return candidates;
  }

  /** What a rewriting of a segment must keep, or null when the segment is gone. */
  synchronized @Nullable LiveMap kept(long number) {
    Segment segment = segments.get(number);
    return segment == null ? null : segment.kept();
  }

  synchronized void rewritten(long number, int blocks) {
    Segment segment = segments.get(number);
    if (segment != null) {
      fileBlocks += blocks - segment.fileBlocks;
      segment.fileBlocks = blocks;
      segment.changed = true;
    }
  }

  synchronized void markDamaged(long number) {
    Segment segment = segments.get(number);
    if (segment != null) {
      segment.damaged = true;
    }
  }

  synchronized LogStatistics statistics() {
    return new LogStatistics(
        segments.size(),
        liveBlocks * LogFormat.BLOCK_BYTES,
        (fileBlocks - liveBlocks) * LogFormat.BLOCK_BYTES);
  }

  synchronized List<SegmentInfo> infos() {
    List<SegmentInfo> infos = new ArrayList<>();
    for (Segment segment : segments.values()) {
      infos.add(new SegmentInfo(segment.number, segment.fileBlocks, segment.now().count()));
    }
    return infos;
  }

  /** The live runs of a segment, as addresses. */
  synchronized List<BlockRange> liveRanges(long number) throws CorruptStoreException {
    Segment segment = segments.get(number);
    if (segment == null) {
      throw new CorruptStoreException(
          LogFormat.segmentName(number), -1, "there is no such segment");
    }
    List<BlockRange> ranges = new ArrayList<>();
    segment
        .now()
        .forEachRun(
            (start, count) -> ranges.add(new BlockRange(number * segmentBlocks + start, count)));
    return ranges;
  }
}
