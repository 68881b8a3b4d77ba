package dev.brindle.store.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes zeros into the head ahead of the log's end, while small groups are appended and synced one
 * after the other. A sync of blocks that were only allocated has the host's file system note in its
 * journal that they are written now, which takes as long again as the sync itself; so this is done
 * for many groups at once. Guarded by the append mutex.
 *
 * <p>What reads as zeros is no group, so recovery ends where it would end without them. The last
 * block, in which a checkpoint may be noted, is left as it is.
 */
final class ZerosAhead {
  /** What is written for a sync is small: a larger group takes longer than the journal does. */
  static final int GROUP_BLOCKS_MAX = 16;

  /** So many syncs in a row make more of them likely. */
  static final int GROUPS_MIN = 4;

  /** A MiB at a time: it delays one sync by the time that its writing takes. */
  static final int BLOCKS = 256;

  private static final ByteBuffer ZEROS =
      ByteBuffer.allocateDirect(BLOCKS * LogFormat.BLOCK_BYTES).asReadOnlyBuffer();

  private int smallGroups;
  private long segment;

  /** The blocks of the head before this one were written once, or are passed already. */
  private int writtenTo;

  /**
   * A group was written.
   *
   * @param nextBlock the head's first block behind it
   * @param synced whether a sync is going to follow
   */
  void appended(SegmentFile head, int nextBlock, int groupBlocks, boolean synced)
      throws IOException {
    if (segment != head.number()) {
      segment = head.number();
      writtenTo = head.writtenBlocks();
    }
    if (groupBlocks > GROUP_BLOCKS_MAX) {
      smallGroups = 0;
    } else if (synced) {
      smallGroups = Math.min(smallGroups + 1, GROUPS_MIN);
      if (smallGroups == GROUPS_MIN && nextBlock + groupBlocks > writtenTo) {
        write(head, Math.max(nextBlock, writtenTo));
      }
    }
  }

  private void write(SegmentFile head, int from) throws IOException {
    writtenTo = Math.min(head.header().segmentBlocks() - 1, from + BLOCKS);
    int bytes = (writtenTo - from) * LogFormat.BLOCK_BYTES;
    if (bytes > 0) {
      head.file().write(head.offset(from), ZEROS.duplicate().limit(bytes));
    }
  }
}
