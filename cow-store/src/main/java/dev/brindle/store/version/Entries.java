package dev.brindle.store.version;

import dev.brindle.store.version.SortedRows.Row;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The entries of all buckets: dead extents, sorted by address and joined where they touch, and dead
 * nodes, sorted by id. Each call returns the bucket as its directory row must have it afterwards.
 */
final class Entries {
  static final long BLOCK_BYTES = 4096;

  /** Sees entries: those of a bucket in the order of their keys, extents first. */
  interface Sink {
    void blocks(long address, long blocks) throws IOException;

    void node(long nodeId, long bytes) throws IOException;
  }

  private final SortedRows rows;
  private final int segmentBlocks;

  /**
   * @param segmentBlocks extents are not joined over a multiple of this, for the log takes back
   *     blocks of one segment at a time
   */
  Entries(SortedRows rows, int segmentBlocks) {
    this.rows = rows;
    this.segmentBlocks = segmentBlocks;
  }

  Bucket addBlocks(Bucket bucket, long address, long blocks) throws IOException {
    long key = Keys.extents(bucket.id());
    long start = address;
    long end = address + blocks;
    int entries = 1;
    Row before = within(key, rows.floor(key, address));
    if (before != null && before.offset() + size(before) > address) {
      throw twice("blocks", address, bucket);
    }
    Row after = within(key, rows.ceiling(key, address));
    if (after != null && after.offset() < end) {
      throw twice("blocks", address, bucket);
    }
    if (after != null && after.offset() == end && end % segmentBlocks != 0) {
      end += size(after);
      rows.remove(key, after.offset());
      entries--;
    }
    if (before != null
        && before.offset() + size(before) == address
        && address % segmentBlocks != 0) {
      start = before.offset();
      entries--;
    }
    rows.put(key, start, new RowWriter().number(end - start).finish());
    return bucket.plus(entries, blocks * BLOCK_BYTES);
  }

  Bucket addNode(Bucket bucket, long nodeId, long bytes) throws IOException {
    long key = Keys.nodes(bucket.id());
    if (rows.get(key, nodeId) != null) {
      throw twice("node", nodeId, bucket);
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
    Row extent = next(Keys.extents(bucket.id()), 0);
    if (extent != null) {
      rows.remove(extent.high(), extent.offset());
      sink.blocks(extent.offset(), size(extent));
      return bucket.plus(-1, -size(extent) * BLOCK_BYTES);
    }
    Row node = next(Keys.nodes(bucket.id()), 0);
    if (node == null) {
      throw new IllegalStateException(bucket + " has fewer entries than it counts");
    }
    rows.remove(node.high(), node.offset());
    sink.node(node.offset(), size(node));
    return bucket.plus(-1, -size(node));
  }

  void forEach(Bucket bucket, Sink sink) throws IOException {
    long extents = Keys.extents(bucket.id());
    for (Row row = next(extents, 0); row != null; row = next(extents, row.offset() + 1)) {
      sink.blocks(row.offset(), size(row));
    }
    long nodes = Keys.nodes(bucket.id());
    for (Row row = next(nodes, 0); row != null; row = next(nodes, row.offset() + 1)) {
      sink.node(row.offset(), size(row));
    }
  }

  private @Nullable Row next(long key, long offset) throws IOException {
    return within(key, rows.ceiling(key, offset));
  }

  private static @Nullable Row within(long key, @Nullable Row row) {
    return row != null && row.high() == key ? row : null;
  }

  private static long size(Row row) throws IOException {
    RowReader reader = RowReader.of("an entry of a deadlist", row.value());
    long size = reader.number();
    reader.finish();
    return size;
  }

  private static IllegalStateException twice(String what, long which, Bucket bucket) {
    return new IllegalStateException(what + " " + which + " released twice; " + bucket);
  }
}
