package dev.brindle.store.version;

import dev.brindle.store.version.SortedRows.Row;
import dev.brindle.store.version.VersionAudit.DeadVisitor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * All deadlists of a store, in one B+tree. A list is a directory of buckets, one for each birth. A
 * list without entries has no rows, so lists cost nothing to make and need not be deleted. Every
 * call is made under the version tree's monitor.
 */
final class Deadlists {
  private final SortedRows rows;
  private final WholeChanges changes;
  private final Entries entries;
  private long nextId;

  /**
   * @param nextId the first number that is no list's and no bucket's
   */
  Deadlists(SortedRows rows, WholeChanges changes, CountedBlocks extents, long nextId) {
    this.rows = rows;
    this.changes = changes;
    this.entries = new Entries(rows, extents);
    this.nextId = nextId;
  }

  long nextId() {
    return nextId;
  }

  long newList() {
    return nextId++;
  }

  void addBlocks(long list, long born, long address, long blocks) throws IOException {
    addBlocks(list, born, address, blocks, 1);
  }

  void addBlocks(long list, long born, long address, long blocks, long count) throws IOException {
    changes.run(
        () -> {
          store(list, born, entries.addBlocks(bucketFor(list, born), address, blocks, count));
          return 1;
        });
  }

  void addNode(long list, long born, long nodeId, long bytes) throws IOException {
    changes.run(
        () -> {
          store(list, born, entries.addNode(bucketFor(list, born), nodeId, bytes));
          return 1;
        });
  }

  /** The bytes in a list whose birth is after one version and not after another. */
  long bytes(long list, long bornAfter, long bornUpTo) throws IOException {
    long sum = 0;
    Row row = next(list, bornAfter + 1);
    while (row != null && row.offset() <= bornUpTo) {
      sum += bucket(list, row.offset(), row.value()).bytes();
      row = next(list, row.offset() + 1);
    }
    return sum;
  }

  /**
   * Takes entries born after a version out of a list, at most {@code budget} and fewer only when
   * none is left.
   *
   * @return how many
   */
  int take(long list, long bornAfter, int budget, Entries.Sink sink) throws IOException {
    TakenEntries taken = new TakenEntries();
    int count = changes.run(() -> takeSome(list, bornAfter, budget, taken));
    taken.handTo(sink);
    return count;
  }

  private int takeSome(long list, long bornAfter, int budget, Entries.Sink sink)
      throws IOException {
    int taken = 0;
    Row row = next(list, bornAfter + 1);
    while (row != null && taken < budget) {
      long born = row.offset();
      Bucket before = bucket(list, born, row.value());
      Bucket after = entries.take(before, budget - taken, sink);
      store(list, born, after);
      taken += (int) (before.entries() - after.entries());
      row = next(list, born);
    }
    return taken;
  }

  /**
   * Moves entries of one list to another, about {@code budget} of them.
   *
   * @return true when nothing is left in the first list
   */
  boolean merge(long from, long to, int budget) throws IOException {
    return changes.run(() -> mergeSome(from, to, budget)) == 0;
  }

  /** Returns 0 when nothing is left in the first list. */
  private int mergeSome(long from, long to, int budget) throws IOException {
    int rest = budget;
    Row row = next(from, 0);
    while (row != null && rest > 0) {
      Bucket source = bucket(from, row.offset(), row.value());
      rest -= mergeBucket(from, to, row.offset(), source, rest);
      row = next(from, 0);
    }
    return row == null ? 0 : 1;
  }

  /** Moves a bucket as a whole where it can, and else the smaller one's entries to the larger. */
  private int mergeBucket(long from, long to, long born, Bucket here, int budget)
      throws IOException {
    byte[] row = rows.get(Keys.directory(to), born);
    if (row == null) {
      store(to, born, here);
      rows.remove(Keys.directory(from), born);
      return 1;
    }
    Bucket there = bucket(to, born, row);
    boolean isSmaller = here.entries() <= there.entries();
    Bucket smaller = isSmaller ? here : there;
    Mover mover = new Mover(isSmaller ? there : here);
    Bucket rest = entries.take(smaller, budget, mover);
    store(to, born, mover.target);
    store(from, born, rest);
    return (int) (smaller.entries() - rest.entries());
  }

  /** Puts the entries that are taken out of one bucket into another. */
  private final class Mover implements Entries.Sink {
    private Bucket target;

    Mover(Bucket target) {
      this.target = target;
    }

    @Override
    public void blocks(long address, long blocks, long count) throws IOException {
      target = entries.addBlocks(target, address, blocks, count);
    }

    @Override
    public void node(long nodeId, long bytes) throws IOException {
      target = entries.addNode(target, nodeId, bytes);
    }
  }

  /** Shows a list's entries; verifies what the directory counts on the way. */
  void forEach(long list, DeadVisitor visitor) throws IOException {
    for (Row row = next(list, 0); row != null; row = next(list, row.offset() + 1)) {
      Bucket bucket = bucket(list, row.offset(), row.value());
      Counter counter = new Counter(row.offset(), visitor);
      entries.forEach(bucket, counter);
      if (counter.entries != bucket.entries() || counter.bytes != bucket.bytes()) {
        throw reader(list, row.offset(), row.value())
            .broken(
                "counts %d entries of %d bytes and holds %d of %d"
                    .formatted(bucket.entries(), bucket.bytes(), counter.entries, counter.bytes));
      }
    }
  }

  /** The rows of a list, its directory's and its entries'. */
  long countRows(long list) throws IOException {
    long count = 0;
    for (Row row = next(list, 0); row != null; row = next(list, row.offset() + 1)) {
      count += 1 + bucket(list, row.offset(), row.value()).entries();
    }
    return count;
  }

  private static final class Counter implements Entries.Sink {
    private final long born;
    private final DeadVisitor visitor;
    private long entries;
    private long bytes;

    Counter(long born, DeadVisitor visitor) {
      this.born = born;
      this.visitor = visitor;
    }

    @Override
    public void blocks(long address, long blocks, long count) throws IOException {
      entries++;
      bytes += blocks * count * Entries.BLOCK_BYTES;
      visitor.blocks(born, address, blocks, count);
    }

    @Override
    public void node(long nodeId, long size) throws IOException {
      entries++;
      bytes += size;
      visitor.node(born, nodeId, size);
    }
  }

  private @Nullable Row next(long list, long born) throws IOException {
    Row row = rows.ceiling(Keys.directory(list), born);
    return row != null && row.high() == Keys.directory(list) ? row : null;
  }

  private Bucket bucketFor(long list, long born) throws IOException {
    byte[] row = rows.get(Keys.directory(list), born);
    return row == null ? new Bucket(nextId++, 0, 0) : bucket(list, born, row);
  }

  private void store(long list, long born, Bucket bucket) throws IOException {
    if (bucket.entries() == 0) {
      rows.remove(Keys.directory(list), born);
      return;
    }
    RowWriter row = new RowWriter();
    row.number(bucket.id()).number(bucket.entries()).number(bucket.bytes());
    rows.put(Keys.directory(list), born, row.finish());
  }

  private static Bucket bucket(long list, long born, byte[] row) throws IOException {
    RowReader reader = reader(list, born, row);
    Bucket bucket = new Bucket(reader.number(), reader.number(), reader.number());
    reader.finish();
    return bucket;
  }

  private static RowReader reader(long list, long born, byte[] row) {
    return RowReader.of("the bucket of birth " + born + " in deadlist " + list, row);
  }
}
