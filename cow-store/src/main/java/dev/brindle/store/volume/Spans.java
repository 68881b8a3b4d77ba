package dev.brindle.store.volume;

import dev.brindle.store.log.Log;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;

/**
 * Pieces of one read that stand in the log as far apart as in the file, with pieces from elsewhere
 * between them: what is left of a long extent of which single blocks were overwritten. They are
 * read in one go, together with the dead blocks between them, over which the pieces from elsewhere
 * are then read.
 */
final class Spans {
  /** As much as the disk reads in the time that one more request to it takes. */
  private static final int GAP_BYTES_MAX = 64 << 10;

  /** Two, with one from elsewhere between them. */
  static final int PIECES_MIN = 3;

  private final List<ReadPlan.Piece> pieces;
  private final BitSet done = new BitSet();

  Spans(List<ReadPlan.Piece> pieces) {
    this.pieces = pieces;
  }

  /**
   * Reads what can be read so. What cannot, also because something is damaged, is left.
   *
   * @param target where the read begins at index 0
   * @return the indices of the pieces that were read
   */
  BitSet read(Log log, ByteBuffer target) {
    for (int i = 0; i <= pieces.size() - PIECES_MIN; i++) {
      if (!done.get(i) && isOfWholeBlocks(pieces.get(i))) {
        read(log, target, membersFrom(i));
      }
    }
    return done;
  }

  private static void mark(BitSet blocks, ReadPlan.Piece piece, long address) {
    int from = (int) (piece.address() - address);
    blocks.set(from, from + piece.length() / Extent.BLOCK_BYTES);
  }

  private void read(Log log, ByteBuffer target, BitSet members) {
    if (members.cardinality() == 1) {
      return;
    }
    ReadPlan.Piece first = pieces.get(members.nextSetBit(0));
    ReadPlan.Piece last = pieces.get(members.length() - 1);
    BitSet wanted = new BitSet();
    members.stream().forEach(i -> mark(wanted, pieces.get(i), first.address()));
    ByteBuffer part = target.slice(first.at(), last.end() - first.at());
    try {
      log.readAmong(first.address(), wanted, part);
      done.or(members);
    } catch (IOException e) {
      // each piece by itself then: it tells better what is wrong with it
      return;
    }
  }

  /**
   * A piece and those behind it that are of one span with it. What lies between them is read anew,
   * so nothing of it was read before, and nothing but the log has it.
   */
  private BitSet membersFrom(int first) {
    BitSet members = new BitSet();
    members.set(first);
    ReadPlan.Piece before = pieces.get(first);
    long place = place(before);
    int lastEnd = before.end();
    for (int i = first + 1; i < pieces.size(); i++) {
      ReadPlan.Piece piece = pieces.get(i);
      if (done.get(i) || piece.at() != before.end() || piece.at() - lastEnd > GAP_BYTES_MAX) {
        break;
      }
      if (isOfWholeBlocks(piece) && place(piece) == place) {
        members.set(i);
        lastEnd = piece.end();
      }
      before = piece;
    }
    return members;
  }

  /** Where in the log the read's beginning would be, in bytes. */
  private static long place(ReadPlan.Piece piece) {
    return (piece.address() << Extent.BLOCK_SHIFT) - piece.at();
  }

  private static boolean isOfWholeBlocks(ReadPlan.Piece piece) {
    return piece.skip() == 0 && piece.length() % Extent.BLOCK_BYTES == 0;
  }
}
