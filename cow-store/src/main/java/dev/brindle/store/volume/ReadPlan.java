package dev.brindle.store.volume;

import dev.brindle.store.log.Log;
import dev.brindle.store.volume.PageMemory.Page;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * One read of a file: what could be copied under the locks already is in the target, and the pieces
 * that are in the log wait to be read without any lock but the pin of segments.
 */
final class ReadPlan {
  /**
   * Bytes that are in the log.
   *
   * @param address of their first block
   * @param skip where in it they begin
   * @param at where in the read they go
   */
  record Piece(long address, int skip, int length, int at) {
    int end() {
      return at + length;
    }
  }

  private static final BitSet NONE = new BitSet();

  private final ByteBuffer target;
  private final int base;
  private final List<Piece> pieces = new ArrayList<>(2);

  /** Plans a read into the target from its position on. */
  ReadPlan(ByteBuffer target) {
    this.target = target;
    this.base = target.position();
  }

  /** Copies bytes to where they belong, in bytes from the read's beginning. */
  void copy(int at, byte[] source, int from, int length) {
    target.put(base + at, source, from, length);
  }

  void copy(int at, Page source, int from, int length) {
    source.get(from, target, base + at, length);
  }

  private static final byte[] ZEROS = new byte[1 << 16];

  void zero(int at, int length) {
    for (int done = 0; done < length; done += ZEROS.length) {
      copy(at + done, ZEROS, 0, Math.min(ZEROS.length, length - done));
    }
  }

  /** Reads bytes of consecutive blocks, beginning {@code skip} bytes into the first. */
  void fromLog(int at, long address, int skip, int length) {
    pieces.add(new Piece(address, skip, length, at));
  }

  /** Reads what waits, and moves the target's position behind the bytes. */
  void run(Log log, int length) throws IOException {
    BitSet done =
        pieces.size() < Spans.PIECES_MIN
            ? NONE
            : new Spans(pieces).read(log, target.slice(base, length));
    for (int i = done.nextClearBit(0); i < pieces.size(); i = done.nextClearBit(i + 1)) {
      Piece piece = pieces.get(i);
      ByteBuffer part = target.slice(base + piece.at, piece.length);
      log.read(piece.address, piece.skip, piece.length, part);
    }
    target.position(base + length);
  }
}
