package dev.brindle.store.version;

import dev.brindle.store.version.CountedBlocks.Range;
import dev.brindle.store.version.SortedRows.Row;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The entries of all buckets: dead extents, sorted by address, and dead nodes, sorted by id. Each
 * call returns the bucket as its directory row must have it afterwards.
 */
final class Entries {
  static final long BLOCK_BYTES = 4096;

  /** Sees entries: those of a bucket in the order of their keys, extents first. */
  interface Sink {
    /**
     * @param count how many references to each of the blocks were given up
     */
    void blocks(long address, long blocks, long count) throws IOException;

    void node(long nodeId, long bytes) throws IOException;
  }

  private final SortedRows rows;
  private final CountedBlocks extents;

  Entries(SortedRows rows, CountedBlocks extents) {
    this.rows = rows;
    this.extents = extents;
  }

  Bucket addBlocks(Bucket bucket, long address, long blocks, long count) throws IOException {
    int grown =
        extents.update(
            Keys.extents(bucket.id()), address, blocks, (from, length, there) -> there + count);
    return bucket.plus(grown, blocks * count * BLOCK_BYTES);
  }

  Bucket addNode(Bucket bucket, long nodeId, long bytes) throws IOException {
    long key = Keys.nodes(bucket.id());
    if (rows.get(key, nodeId) != null) {
      throw new IllegalStateException("node " + nodeId + " released twice; " + bucket);
    }
    rows.put(key, nodeId, new RowWriter().number(bytes).finish());
    return bucket.plus(1, bytes);
  }

  /** Takes entries out, at most {@code budget}. */
  Bucket take(Bucket bucket, int budget, Sink sink) throws IOException {
    Bucket left = bucket;
    for (int i = 0; i < budget && left.entries() > 0; i++) {
      left = takeOne(left, sink);
    }
    return left;
  }

  private Bucket takeOne(Bucket bucket, Sink sink) throws IOException {
    long key = Keys.extents(bucket.id());
    Range extent = extents.next(key, 0);
    if (extent != null) {
      extents.remove(key, extent);
      sink.blocks(extent.address(), extent.blocks(), extent.count());
      return bucket.plus(-1, -extent.blocks() * extent.count() * BLOCK_BYTES);
    }
    Row node = nextNode(bucket, 0);
    if (node == null) {
      throw new IllegalStateException(bucket + " has fewer entries than it counts");
    }
    rows.remove(node.high(), node.offset());
    sink.node(node.offset(), size(node));
    return bucket.plus(-1, -size(node));
  }

  void forEach(Bucket bucket, Sink sink) throws IOException {
    long key = Keys.extents(bucket.id());
    for (Range extent = extents.next(key, 0);
        extent != null;
        extent = extents.next(key, extent.end())) {
      sink.blocks(extent.address(), extent.blocks(), extent.count());
    }
    for (Row row = nextNode(bucket, 0); row != null; row = nextNode(bucket, row.offset() + 1)) {
      sink.node(row.offset(), size(row));
    }
  }

  private @Nullable Row nextNode(Bucket bucket, long nodeId) throws IOException {
    Row row = rows.ceiling(Keys.nodes(bucket.id()), nodeId);
    return row != null && row.high() == Keys.nodes(bucket.id()) ? row : null;
  }

  private static long size(Row row) throws IOException {
    RowReader reader = RowReader.of("an entry of a deadlist", row.value());
    long size = reader.number();
    reader.finish();
    return size;
  }
}
