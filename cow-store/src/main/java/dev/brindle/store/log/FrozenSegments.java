package dev.brindle.store.log;

import dev.brindle.store.index.Table;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log's part of a checkpoint: the live maps that changed and the position it covers, as of one
 * instant.
 */
public final class FrozenSegments {
  /**
   * @param map null when the row is to be removed
   */
  record Row(long segment, int fileBlocks, @Nullable LiveMap map) {}

  private final Log log;
  private final LogState state;
  private final long headSegment;
  private final List<Row> rows;

  FrozenSegments(Log log, LogState state, long headSegment, List<Row> rows) {
    this.log = log;
    this.state = state;
    this.headSegment = headSegment;
    this.rows = rows;
  }

  /** What the checkpoint must record; {@link Log#open} takes it. */
  public LogState state() {
    return state;
  }

  /** Writes the rows. No lock of the log is held. */
  public void write(Table target) throws IOException {
    for (Row row : rows) {
      if (row.map() == null) {
        target.remove(row.segment());
      } else {
        target.put(row.segment(), Segment.encodeRow(row.segment(), row.fileBlocks(), row.map()));
      }
    }
  }

  /**
   * Tells that the checkpoint is durable: recovery will never go back behind it, and what is dead
   * in it may be discarded. To be called once, in the order of the freezes, and only after {@link
   * Log#sync} of the state's position and the index's own sync have returned.
   */
  public void committed() {
    log.committed(headSegment, rows);
  }
}
