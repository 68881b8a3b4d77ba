package dev.brindle.store.version;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.version.CountedBlocks.Range;
import dev.brindle.store.version.VersionAudit.ShareVisitor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The reference-count map: for blocks that were copied by reference, how many references there are
 * beyond the first. Changes are made under the version tree's monitor. What stands in a segment
 * without shared blocks is freed without a look at the rows and without the monitor: whoever frees
 * its one reference is the only one who has it, so nobody can be sharing it at that moment.
 */
final class Shares {
  /** Takes what is not referred to any more. */
  interface Dead {
    void blocks(long address, long blocks) throws IOException;
  }

  private static final int UNSHARED_MAX = 1 << 16;

  private final CountedBlocks counts;
  private final WholeChanges changes;
  private final int segmentBlocks;

  /** Segments that have no shared blocks; others may have some. */
  private final Set<Long> unshared = ConcurrentHashMap.newKeySet();

  Shares(CountedBlocks counts, WholeChanges changes, int segmentBlocks) {
    this.counts = counts;
    this.changes = changes;
    this.segmentBlocks = segmentBlocks;
  }

  /** Whether blocks of a segment have surely one reference each. */
  boolean isUnshared(long address) {
    return unshared.contains(address / segmentBlocks);
  }

  /**
   * Blocks that are referred to get more references.
   *
   * @param blocks all in one segment
   */
  void add(long address, long blocks, long references) throws IOException {
    unshared.remove(address / segmentBlocks);
    changes.run(
        () ->
            counts.update(
                Keys.SHARED, address, blocks, (from, length, others) -> others + references));
  }

  /**
   * References are given up; blocks that have none left go to the sink.
   *
   * @param blocks all in one segment
   * @throws IllegalStateException there were not so many
   * @throws CorruptStoreException they cannot be counted: nothing has changed
   */
  void free(long address, long blocks, long references, Dead dead) throws IOException {
    List<Range> left = new ArrayList<>();
    changes.run(
        () ->
            counts.update(
                Keys.SHARED,
                address,
                blocks,
                (from, length, others) -> rest(from, length, others - references, left)));
    for (Range range : left) {
      dead.blocks(range.address(), range.blocks());
    }
    learn(address);
  }

  private static long rest(long address, long blocks, long others, List<Range> left) {
    if (others < -1) {
      throw new IllegalStateException(
          "blocks %d+%d are freed more often than referred to".formatted(address, blocks));
    }
    if (others == -1) {
      left.add(new Range(address, blocks, 0));
    }
    return Math.max(0, others);
  }

  private void learn(long address) throws IOException {
    long segment = address / segmentBlocks;
    Range first;
    try {
      first = counts.next(Keys.SHARED, segment * segmentBlocks);
    } catch (CorruptStoreException e) {
      return;
    }
    if (first == null || first.address() / segmentBlocks != segment) {
      if (unshared.size() >= UNSHARED_MAX) {
        unshared.clear();
      }
      unshared.add(segment);
    }
  }

  /** Shows all shared blocks. */
  void forEach(ShareVisitor visitor) throws IOException {
    Range range = counts.next(Keys.SHARED, 0);
    while (range != null) {
      visitor.blocks(range.address(), range.blocks(), range.count());
      range = counts.next(Keys.SHARED, range.end());
    }
  }

  long countRows() throws IOException {
    long[] rows = {0};
    forEach((address, blocks, others) -> rows[0]++);
    return rows[0];
  }
}
