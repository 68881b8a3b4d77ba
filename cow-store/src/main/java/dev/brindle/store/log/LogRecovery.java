package dev.brindle.store.log;

import static dev.brindle.store.log.LogFormat.BLOCK_BYTES;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.Redirty;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Opens what a checkpoint and a crash left: removes leftovers, reads the groups behind the
 * checkpoint's position, finds the log's end.
 */
final class LogRecovery {
  private static final int READ_BYTES = 1 << 20;
  static final String ADVICE =
      "; brindle check --repair goes on with what is left of the log's last segment";
  private static final long NUMBERS_SKIPPED = 1 << 20;

  private final Disk disk;
  private final StoreId store;
  private final int segmentBlocks;
  private final SegmentTable table;
  private final OpenSegments files;
  private final SegmentScanner scanner;

  /** Passed by the replay; to be synced before anything behind them counts as durable. */
  private final List<SegmentFile> sealed = new ArrayList<>();

  private SegmentFile file;
  private int block;
  private long incarnation;
  private long sequence;

  /** Opens the segment of the checkpoint's position, so that what is before it can be read. */
  LogRecovery(
      Disk disk,
      StoreId store,
      int segmentBlocks,
      LogState from,
      SegmentTable table,
      OpenSegments files,
      SegmentScanner scanner)
      throws IOException {
    this.disk = disk;
    this.store = store;
    this.segmentBlocks = segmentBlocks;
    this.table = table;
    this.files = files;
    this.scanner = scanner;
    requireDirectory();
    long position = from.position().address();
    this.block = (int) (position % segmentBlocks);
    this.incarnation = from.incarnation();
    this.sequence = from.sequence();
    removeLeftovers(position / segmentBlocks);
    this.file = openForAppend(position / segmentBlocks);
    int[] checksums = new int[segmentBlocks];
    int end = scanner.scan(file, checksums, block);
    if (end < block) {
      Logger.error(
          "damaged store file {} at byte {}: a group's header is not what was written; its data"
              + " cannot be read any more, unless the segment was sealed",
          file.file().name(),
          file.offset(end));
      fillGaps(checksums);
    }
    enter(checksums);
  }

  /** A segment that was sealed before the crash has all checksums in its pages. */
  private void fillGaps(int[] checksums) throws IOException {
    for (int page = 0; page < file.header().checksumPages(); page++) {
      int[] numbers = file.readChecksumPage(page);
      int from = page * LogFormat.PAGE_NUMBERS;
      for (int i = 0; numbers != null && i < numbers.length && from + i < block; i++) {
        if (checksums[from + i] == 0) {
          checksums[from + i] = numbers[i];
        }
      }
    }
  }

  private void requireDirectory() throws IOException {
    if (!disk.exists(LogFormat.DIRECTORY)) {
      throw new CorruptStoreException(
          LogFormat.DIRECTORY,
          -1,
          "the directory is missing, and with it the content of the files. Put it back from a backup"
              + " if there is one; brindle check --repair goes on without it, with all names and the"
              + " content of the smallest files");
    }
  }

  private SegmentFile openForAppend(long number) throws IOException {
    try {
      return SegmentFile.open(disk, store, number, segmentBlocks, Disk.OpenMode.READ_WRITE);
    } catch (CorruptStoreException e) {
      throw new CorruptStoreException(e, ADVICE);
    }
  }

  private void enter(int[] checksums) throws IOException {
    file.holdChecksums(checksums);
    files.register(file);
    table.add(file.number());
  }

  /** Files of interrupted work, files that no checkpoint knows, rows of files that are gone. */
  private void removeLeftovers(long headNumber) throws IOException {
    LostLiveMaps lost = new LostLiveMaps(disk, store, segmentBlocks, table);
    for (String name : disk.list(LogFormat.DIRECTORY)) {
      long number = LogFormat.segmentNumber(name);
      boolean unknown = number > 0 && number < headNumber && !table.contains(number);
      if (unknown && table.hasLostRows()) {
        lost.supply(number);
      } else if (unknown || name.endsWith(LogFormat.TEMPORARY_SUFFIX)) {
        disk.delete(LogFormat.DIRECTORY + "/" + name);
      }
    }
    if (table.hasLostRows() && !table.contains(headNumber)) {
      lost.supplyHead(headNumber, block);
    }
    for (SegmentInfo info : table.infos()) {
      String name = LogFormat.segmentName(info.number());
      if (disk.exists(name)) {
        continue;
      }
      if (info.liveBlocks() == 0) {
        table.remove(info.number());
      } else {
        Logger.error("damaged store: {} with {} live blocks is missing", name, info.liveBlocks());
        table.markDamaged(info.number());
      }
    }
  }

  /**
   * Hands out the redo behind the checkpoint and returns where the log ends.
   *
   * @param acceptLoss goes on when what comes next was durable, and is damaged or missing now
   */
  LogEnd replay(RedoVisitor visitor, boolean acceptLoss) throws IOException {
    while (replayGroup(visitor) || enterNextSegment()) {}
    CorruptStoreException loss = findLoss();
    if (loss == null) {
      removeBehind(disk, file.number());
    } else if (!acceptLoss) {
      throw loss;
    }
    return new LogEnd(file, block, incarnation, sequence, loss);
  }

  /**
   * What was behind the log's end once and was durable; null when nothing was. No number that lost
   * groups had, nor what is left of them says, comes again. Their files stay: they tell of the loss
   * as long as no checkpoint goes on without it.
   */
  private @Nullable CorruptStoreException findLoss() throws IOException {
    LogTail tail = new LogTail(disk, scanner);
    long durable = tail.durableBefore(file, block);
    CorruptStoreException loss = null;
    if (durable > sequence) {
      loss = lost(durable);
    } else if (tail.isNextLost(file)) {
      loss = nextLost();
    }
    if (loss != null) {
      sequence = Math.max(sequence, durable) + NUMBERS_SKIPPED;
    }
    return loss;
  }

  private CorruptStoreException nextLost() {
    return new CorruptStoreException(
        LogFormat.segmentName(file.number() + 1),
        -1,
        "the file is missing, and the log had got beyond it: what was synced last is not there. Put"
            + " it back from a backup if there is one; to go on without it: brindle check --repair");
  }

  private CorruptStoreException lost(long durable) {
    return new CorruptStoreException(
        file.file().name(),
        file.offset(block),
        "group %d of the log is not what was written, and all before group %d were durable: what"
                .formatted(sequence, durable)
            + " was synced from there on cannot be repeated. To go on without it: brindle check"
            + " --repair");
  }

  List<SegmentFile> sealed() {
    return sealed;
  }

  private boolean replayGroup(RedoVisitor visitor) throws IOException {
    List<byte[]> redo = new ArrayList<>();
    GroupHeader header = soundGroup(file, block, redo);
    if (header == null) {
      return false;
    }
    int[] checksums = file.checksums();
    if (checksums == null) {
      throw new IllegalStateException("the replayed segment has no checksums in memory");
    }
    Redirty.range(file.file(), file.offset(block), file.offset(block + header.totalBlocks()));
    SegmentScanner.note(header, checksums);
    block += header.totalBlocks();
    incarnation = header.incarnation();
    sequence++;
    for (byte[] element : redo) {
      visitor.redo(element);
    }
    return true;
  }

  /** The group that did not fit here stands at the next segment's start, if it was written. */
  private boolean enterNextSegment() throws IOException {
    long number = file.number() + 1;
    if (!disk.exists(LogFormat.segmentName(number))) {
      return false;
    }
    SegmentFile next = openForAppend(number);
    boolean follows;
    try {
      follows = soundGroup(next, 0, new ArrayList<>()) != null;
    } catch (IOException | RuntimeException e) {
      next.close();
      throw e;
    }
    if (!follows) {
      next.close();
      return false;
    }
    file.seal();
    sealed.add(file);
    file = next;
    block = 0;
    enter(new int[segmentBlocks]);
    return true;
  }

  /** The header of the group that is next in the log, when all of it is what was written. */
  private @Nullable GroupHeader soundGroup(SegmentFile in, int at, List<byte[]> redo)
      throws IOException {
    SegmentScanner.Found found = scanner.headerAt(in, at);
    if (found == null) {
      return null;
    }
    GroupHeader header = found.header();
    boolean isNext = header.sequence() == sequence && header.previousIncarnation() == incarnation;
    if (!isNext || !dataIsSound(in, header)) {
      return null;
    }
    ByteBuffer framed = framedRedo(in, found);
    boolean redoIsSound =
        framed.remaining() == header.redoBytes()
            && Buffers.crc(framed, framed.position(), framed.remaining()) == header.redoCrc();
    return redoIsSound && unframe(framed, redo) ? header : null;
  }

  private static boolean dataIsSound(SegmentFile in, GroupHeader header) throws IOException {
    ByteBuffer buffer =
        ByteBuffer.allocate(Math.min(READ_BYTES, header.dataBlocks() * BLOCK_BYTES));
    int first = header.block() + header.headerBlocks();
    for (int i = 0; i < header.dataBlocks(); i++) {
      int at = i * BLOCK_BYTES % READ_BYTES;
      if (at == 0) {
        int bytes = Math.min(READ_BYTES, (header.dataBlocks() - i) * BLOCK_BYTES);
        if (in.file().read(in.offset(first + i), buffer.clear().limit(bytes)) < bytes) {
          return false;
        }
      }
      if (Buffers.crc(buffer, at, BLOCK_BYTES) != header.dataCrcs()[i]) {
        return false;
      }
    }
    return true;
  }

  private static ByteBuffer framedRedo(SegmentFile in, SegmentScanner.Found found)
      throws IOException {
    GroupHeader header = found.header();
    if (header.redoInHeader()) {
      return found.bytes().slice(header.fieldsBytes(), header.redoBytes());
    }
    ByteBuffer framed = ByteBuffer.allocate(header.redoBytes());
    int behindData = header.block() + header.headerBlocks() + header.dataBlocks();
    in.file().read(in.offset(behindData), framed);
    return framed.flip();
  }

  private static boolean unframe(ByteBuffer framed, List<byte[]> redo) {
    while (framed.hasRemaining()) {
      if (framed.remaining() < LogFormat.REDO_FRAME_BYTES) {
        return false;
      }
      int length = framed.getInt();
      if (length < 0 || length > framed.remaining()) {
        return false;
      }
      byte[] element = new byte[length];
      framed.get(element);
      redo.add(element);
    }
    return true;
  }

  /** Of the files behind the log's end the first is kept as a spare, the others are deleted. */
  static void removeBehind(Disk disk, long last) throws IOException {
    for (String name : disk.list(LogFormat.DIRECTORY)) {
      if (LogFormat.segmentNumber(name) > last + 1) {
        disk.delete(LogFormat.DIRECTORY + "/" + name);
      }
    }
    disk.syncDirectory(LogFormat.DIRECTORY);
  }
}
