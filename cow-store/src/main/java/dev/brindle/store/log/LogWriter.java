package dev.brindle.store.log;

import static dev.brindle.store.log.LogFormat.BLOCK_BYTES;
import static dev.brindle.store.log.LogFormat.GROUP_FIELDS_BYTES;
import static dev.brindle.store.log.LogFormat.GROUP_REDO_BYTES_MAX;
import static dev.brindle.store.log.LogFormat.REDO_FRAME_BYTES;

import dev.brindle.store.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The end of the log: where the next group goes. Guarded by the append mutex. */
final class LogWriter {
  private static final ByteBuffer[] NO_DATA = {};

  private final int segmentBlocks;
  private final GroupWriter groups;
  private final Spares spares;
  private final SegmentTable table;
  private final Durability durability;
  private final Poison poison;
  private final EarlyWriteBack writeBack;
  private final ZerosAhead zerosAhead = new ZerosAhead();

  /** Written with each group from now on. */
  private final long incarnation;

  /** That of the last group. */
  private long lastIncarnation;

  private long sequence;
  private SegmentFile head;
  private int nextBlock;

  /** The last head that was said to be half full. */
  private long halfFull;

  /** The header blocks of the group that is being prepared. */
  private int headerBlocks;

  /** Whether the append under way counts on spares. */
  private boolean promised;

  LogWriter(
      int segmentBlocks,
      GroupWriter groups,
      Spares spares,
      SegmentTable table,
      Durability durability,
      Poison poison,
      EarlyWriteBack writeBack,
      long incarnation,
      LogEnd end) {
    this.segmentBlocks = segmentBlocks;
    this.groups = groups;
    this.spares = spares;
    this.table = table;
    this.durability = durability;
    this.poison = poison;
    this.writeBack = writeBack;
    this.incarnation = incarnation;
    this.lastIncarnation = end.incarnation();
    this.sequence = end.sequence();
    this.head = end.head();
    this.nextBlock = end.block();
  }

  LogState state() {
    return new LogState(new LogPosition(position()), lastIncarnation, sequence);
  }

  long headSegment() {
    return head.number();
  }

  /** Notes in the head that a checkpoint is durable. */
  void note(StoreId store, long checkpoint) throws IOException {
    CheckpointNote.write(head, store, segmentBlocks, checkpoint);
  }

  /** Whether the head is half full, said once for each head. */
  boolean becameHalfFull() {
    if (nextBlock <= segmentBlocks / 2 || halfFull == head.number()) {
      return false;
    }
    halfFull = head.number();
    return true;
  }

  /** The append is over that {@link #reserve} made room for. */
  void release() {
    // whoever prepares a spare keeps others waiting there
    if (promised) {
      promised = false;
      spares.endPromise();
    }
  }

  private long position() {
    return head.number() * segmentBlocks + nextBlock;
  }

  /** A segment's last block has no group, so that the log's end always is inside a segment. */
  private int usableBlocks() {
    return segmentBlocks - 1;
  }

  /**
   * Makes room for a group with so much data and redo.
   *
   * @return the address of the first data block
   * @throws dev.brindle.store.disk.DiskFullException nothing was changed
   */
  long reserve(int dataBlocks, int redoBytes) throws IOException {
    headerBlocks = LogFormat.headerBlocksFor(dataBlocks);
    int blocks = headerBlocks + dataBlocks;
    int inHeader = headerBlocks * BLOCK_BYTES - GROUP_FIELDS_BYTES - dataBlocks * Integer.BYTES;
    int redoBlocks = redoBytes <= inHeader ? 0 : LogFormat.blocksFor(redoBytes);
    int redoHere =
        Math.min(
            redoBlocks,
            Math.min(LogFormat.blocksFor(GROUP_REDO_BYTES_MAX), usableBlocks() - blocks));
    boolean roll = nextBlock + blocks + redoHere > usableBlocks();
    int segments = (roll ? 1 : 0) + segmentsFor(redoBlocks - redoHere);
    if (segments > 0) {
      spares.promise(segments);
      promised = true;
    }
    if (roll) {
      roll();
    }
    return position() + headerBlocks;
  }

  /** Segments that surely hold the rest of the redo, however its elements break. */
  private int segmentsFor(int redoBlocks) {
    return redoBlocks == 0 ? 0 : 1 + 2 * redoBlocks / usableBlocks();
  }

  /** Writes what was prepared, and as many groups more as the redo needs. */
  void write(@Nullable InFlight inFlight, List<byte[]> redo) throws IOException {
    ByteBuffer[] data = inFlight == null ? NO_DATA : inFlight.data();
    int dataBlocks = inFlight == null ? 0 : inFlight.blocks();
    int done = 0;
    if (dataBlocks > 0) {
      done = fitting(redo, 0, dataBlocks);
      writeGroup(data, dataBlocks, redo.subList(0, done));
    }
    while (done < redo.size()) {
      headerBlocks = 1;
      int end = fitting(redo, done, 0);
      if (end == done) {
        roll();
        end = fitting(redo, done, 0);
      }
      if (end == done) {
        throw new IllegalArgumentException(
            "a redo element of %d bytes does not fit into a segment"
                .formatted(redo.get(done).length));
      }
      writeGroup(NO_DATA, 0, redo.subList(done, end));
      done = end;
    }
  }

  /** The end of the redo elements from the first one on that one group takes. */
  private int fitting(List<byte[]> redo, int first, int dataBlocks) {
    if (first == redo.size()) {
      return first;
    }
    long inHeader =
        (long) headerBlocks * BLOCK_BYTES - GROUP_FIELDS_BYTES - (long) dataBlocks * Integer.BYTES;
    long room = (long) (usableBlocks() - nextBlock - headerBlocks - dataBlocks) * BLOCK_BYTES;
    if (room < 0) {
      return first;
    }
    long wanted = Math.max(GROUP_REDO_BYTES_MAX, REDO_FRAME_BYTES + redo.get(first).length);
    long limit = Math.max(inHeader, Math.min(room, wanted));
    long bytes = 0;
    int end = first;
    while (end < redo.size()) {
      bytes += REDO_FRAME_BYTES + redo.get(end).length;
      if (bytes > limit) {
        break;
      }
      end++;
    }
    return end;
  }

  private void writeGroup(ByteBuffer[] data, int dataBlocks, List<byte[]> redo) throws IOException {
    ByteBuffer framed = Buffers.frame(redo);
    GroupHeader header =
        new GroupHeader(
            headerBlocks,
            head.number(),
            nextBlock,
            incarnation,
            lastIncarnation,
            sequence,
            unsynced(),
            framed.remaining(),
            Buffers.crc(framed, 0, framed.remaining()),
            checksums(data, dataBlocks));
    int[] held = head.checksums();
    if (held == null) {
      throw new IllegalStateException("the head is sealed");
    }
    SegmentScanner.note(header, held);
    groups.write(head, header, data, framed);
    writeBack.appended(head, nextBlock, header.totalBlocks());
    nextBlock += header.totalBlocks();
    sequence++;
    lastIncarnation = incarnation;
    zerosAhead.appended(head, nextBlock, header.totalBlocks(), !redo.isEmpty());
    durability.wrote(position(), sequence);
  }

  /** How many groups before the next one are not known to be durable; negative for too many. */
  private int unsynced() {
    long behind = sequence - durability.durableGroups();
    return behind > GroupHeader.UNSYNCED_MAX ? -1 : (int) behind;
  }

  private static int[] checksums(ByteBuffer[] data, int dataBlocks) {
    int[] crcs = new int[dataBlocks];
    CRC32C crc = new CRC32C();
    int i = 0;
    for (ByteBuffer part : data) {
      for (int at = 0; at < part.limit(); at += BLOCK_BYTES) {
        crc.reset();
        crc.update(part.slice(at, BLOCK_BYTES));
        crcs[i++] = (int) crc.getValue();
      }
    }
    return crcs;
  }

  /** Seals the head and goes on in the next segment. */
  private void roll() throws IOException {
    SegmentFile next = spares.take();
    try {
      head.seal();
    } catch (IOException | RuntimeException | Error e) {
      poison.set(e);
      throw e;
    }
    head = next;
    nextBlock = 0;
    table.add(next.number());
    durability.rolled(next, position());
  }
}
