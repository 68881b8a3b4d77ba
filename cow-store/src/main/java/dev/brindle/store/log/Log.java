package dev.brindle.store.log;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.DiskFullException;
import dev.brindle.store.index.Table;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * The append-only log of a store: file data and redo records, in segment files.
 *
 * <p>Safe for any number of threads. Its locks, in the store's order: the append mutex is the first
 * of all (and a cleaner's monitor where there is one); the spares come next, then the pin; the
 * segment table, the open files, the state of durability and what is written back early are leaves.
 */
public final class Log implements Closeable {
  /** What an element of redo takes in the log beside its own bytes. */
  public static final int REDO_FRAME_BYTES = LogFormat.REDO_FRAME_BYTES;

  /** Larger appends would push everything else out of the block cache. */
  private static final int CACHED_APPEND_BLOCKS_MAX = 64;

  private static final int GENERATION_SHIFT = 32;

  private final int segmentBlocks;
  private final Disk disk;
  private final StoreId store;
  private final SegmentTable table;
  private final OpenSegments files;
  private final BlockCache cache;
  private final BlockReader reader;
  private final LogReads reads;
  private final Poison poison = new Poison();
  private final LogState start;

  private final ReentrantLock appendMutex = new ReentrantLock();
  private final LogHold hold = new LogHold(appendMutex);

  private @Nullable LogRecovery recovery;
  private volatile @Nullable Running running;

  /** What there is once the log's end is known. */
  private record Running(
      LogWriter writer,
      Durability durability,
      Spares spares,
      Cleaner cleaner,
      EarlyWriteBack writeBack) {}

  private volatile @Nullable Maintenance maintenance;

  private Log(
      Disk disk,
      StoreId store,
      int segmentBlocks,
      long blockCacheBytesMax,
      LogState start,
      SegmentTable table)
      throws IOException {
    this.disk = disk;
    this.store = store;
    this.segmentBlocks = segmentBlocks;
    this.start = start;
    this.table = table;
    files = new OpenSegments(disk, store, segmentBlocks);
    cache = new BlockCache(blockCacheBytesMax);
    SegmentScanner scanner = new SegmentScanner(store, segmentBlocks);
    reader = new BlockReader(files, cache, scanner, segmentBlocks);
    reads = new LogReads(reader);
    try {
      recovery = new LogRecovery(disk, store, segmentBlocks, start, table, files, scanner);
    } catch (IOException | RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /**
   * Makes the log of a new store: durable when this returns, and ready to append.
   *
   * @param segmentBlocks blocks of 4 KiB in a segment, 64 to 16,384
   */
  public static Log create(Disk disk, StoreId store, int segmentBlocks, long blockCacheBytesMax)
      throws IOException {
    if (segmentBlocks < LogFormat.SEGMENT_BLOCKS_MIN
        || segmentBlocks > LogFormat.SEGMENT_BLOCKS_MAX) {
      throw new IllegalArgumentException("segments of " + segmentBlocks + " blocks");
    }
    disk.createDirectory(LogFormat.DIRECTORY);
    for (String name : disk.list(LogFormat.DIRECTORY)) {
      if (LogFormat.segmentNumber(name) > LogFormat.FIRST_SEGMENT) {
        throw new IOException("there is a log already: " + LogFormat.DIRECTORY + "/" + name);
      }
    }
    try (OpenSegments files = new OpenSegments(disk, store, segmentBlocks)) {
      new Spares(disk, store, segmentBlocks, files, null, LogFormat.FIRST_SEGMENT).ensure(1);
    }
    disk.syncDirectory("");
    long position = LogFormat.FIRST_SEGMENT * segmentBlocks;
    LogState state = new LogState(new LogPosition(position), nextIncarnation(0), 1);
    Log log =
        new Log(
            disk, store, segmentBlocks, blockCacheBytesMax, state, new SegmentTable(segmentBlocks));
    log.replay(
        redo -> {
          throw new CorruptStoreException(
              LogFormat.segmentName(LogFormat.FIRST_SEGMENT), -1, "a new log has a group already");
        });
    return log;
  }

  /** How many segments' files there are, without opening any; 0 when the log is lost. */
  public static int segmentFiles(Disk disk) throws IOException {
    return disk.exists(LogFormat.DIRECTORY) ? disk.list(LogFormat.DIRECTORY).size() : 0;
  }

  /**
   * Makes a log that lost its last segment, or that segment's header, one that can be opened; for a
   * repair.
   *
   * @param state as for {@link #open}
   * @return what was done, in sentences
   * @throws CorruptStoreException another segment's file is in its place
   */
  public static List<String> mendHead(Disk disk, StoreId store, int segmentBlocks, LogState state)
      throws IOException {
    return HeadRepair.run(disk, store, segmentBlocks, state.position().address() / segmentBlocks);
  }

  /**
   * Where the log goes on when an older checkpoint than its last one is taken.
   *
   * @param older the {@link FrozenSegments#state()} of that checkpoint
   * @return what {@link #open} is to be given
   */
  public static LogState endForOlder(Disk disk, StoreId store, int segmentBlocks, LogState older)
      throws IOException {
    return OlderEnd.of(disk, store, segmentBlocks, older);
  }

  /**
   * Opens the log as the last checkpoint knows it. Reads of what the checkpoint refers to work;
   * {@link #replay} has to follow before anything else.
   *
   * @param state the {@link FrozenSegments#state()} of the checkpoint
   * @param rows what {@link FrozenSegments#write} wrote
   * @throws CorruptStoreException the segment at the checkpoint's position is damaged
   */
  public static Log open(
      Disk disk,
      StoreId store,
      int segmentBlocks,
      long blockCacheBytesMax,
      LogState state,
      Table rows)
      throws IOException {
    SegmentTable table = new SegmentTable(segmentBlocks);
    table.load(rows);
    table.setCommittedHead(state.position().address() / segmentBlocks);
    return new Log(disk, store, segmentBlocks, blockCacheBytesMax, state, table);
  }

  /**
   * Hands out the redo that stands behind the checkpoint, in order, up to the first group that is
   * not whole. Then the log goes on there, in a new incarnation. The data of replayed groups is
   * readable; it becomes live by {@link #markLive} only.
   *
   * @throws CorruptStoreException that group was durable, or its segment is missing: what was
   *     synced from there on is lost
   */
  public void replay(RedoVisitor visitor) throws IOException {
    replay(visitor, false);
  }

  /**
   * As {@link #replay}, also when what follows was durable and is damaged.
   *
   * @return what was lost; null when nothing was
   */
  public @Nullable CorruptStoreException replayWhatIsLeft(RedoVisitor visitor) throws IOException {
    return replay(visitor, true);
  }

  /**
   * Removes what is left behind the log's end of a loss that {@link #replayWhatIsLeft} told of: a
   * checkpoint has gone on without it, and nothing was appended since the opening. A crash before
   * this leaves a store that is refused once more.
   */
  public void forgetLoss() throws IOException {
    lockAppends();
    try {
      LogRecovery.removeBehind(disk, running().writer.headSegment());
    } finally {
      appendMutex.unlock();
    }
  }

  private @Nullable CorruptStoreException replay(RedoVisitor visitor, boolean acceptLoss)
      throws IOException {
    LogRecovery replaying = recovery;
    if (replaying == null) {
      throw new IllegalStateException("the log was replayed already");
    }
    recovery = null;
    LogEnd end = replaying.replay(visitor, acceptLoss);
    long number = end.head().number();
    DeadSegments dead = new DeadSegments(table, files, cache, reads.exclusive(), segmentBlocks);
    Spares spares = new Spares(disk, store, segmentBlocks, files, dead, number + 1);
    if (disk.exists(LogFormat.segmentName(number + 1))) {
      spares.adopt(number + 1);
    }
    Durability durability =
        new Durability(
            files,
            poison,
            end.head(),
            replaying.sealed(),
            number * segmentBlocks + end.block(),
            end.sequence(),
            start);
    EarlyWriteBack writeBack = new EarlyWriteBack();
    LogWriter writer =
        new LogWriter(
            segmentBlocks,
            new GroupWriter(store),
            spares,
            table,
            durability,
            poison,
            writeBack,
            nextIncarnation(end.incarnation()),
            end);
    Cleaner cleaner =
        new Cleaner(
            disk,
            store,
            segmentBlocks,
            table,
            files,
            cache,
            reader,
            dead,
            spares,
            reads.exclusive());
    running = new Running(writer, durability, spares, cleaner, writeBack);
    return end.loss();
  }

  /**
   * A raised number that no other opening had: its upper half counts, its lower half is random,
   * because an opening that left no trace in a checkpoint must not be taken for the next one.
   */
  private static long nextIncarnation(long last) {
    long generation = (last >>> GENERATION_SHIFT) + 1;
    return (generation << GENERATION_SHIFT) | Integer.toUnsignedLong(new SecureRandom().nextInt());
  }

  private Running running() {
    Running now = running;
    if (now == null) {
      throw new IllegalStateException("the log is not replayed yet");
    }
    return now;
  }

  /** The most data blocks that one append takes. */
  public int dataBlocksMax() {
    return Math.min(LogFormat.GROUP_DATA_BLOCKS_MAX, segmentBlocks / 2);
  }

  /**
   * Begins an append: takes the append mutex and chooses the addresses.
   *
   * @param dataBlocks 0 to {@link #dataBlocksMax}
   * @param redoBytesEstimate at least the length of the redo that will be written, plus {@link
   *     #REDO_FRAME_BYTES} for each element: then nothing can run out of space any more. Asked when
   *     nobody else appends
   * @throws dev.brindle.store.disk.DiskFullException nothing was changed, the mutex is free
   * @throws LogFailedException an earlier append or sync failed
   */
  public Append begin(int dataBlocks, IntSupplier redoBytesEstimate) throws IOException {
    if (dataBlocks < 0 || dataBlocks > dataBlocksMax()) {
      throw new IllegalArgumentException("an append of %d blocks".formatted(dataBlocks));
    }
    Running now = running();
    lockAppends();
    try {
      poison.check();
      int redoBytes = redoBytesEstimate.getAsInt();
      long address = now.writer.reserve(dataBlocks, redoBytes);
      return new Append(this, address, dataBlocks, redoBytes);
    } catch (IOException | RuntimeException | Error e) {
      appendMutex.unlock();
      throw e;
    }
  }

  void publish(InFlight data) {
    reads.setInFlight(data);
  }

  void write(@Nullable InFlight data, List<byte[]> redo) throws IOException {
    poison.check();
    try {
      running().writer.write(data, redo);
    } catch (IOException | RuntimeException | Error e) {
      poison.set(e);
      throw e;
    }
    if (data != null && data.blocks() <= CACHED_APPEND_BLOCKS_MAX) {
      data.cache(cache);
    }
    reads.setInFlight(null);
    wantSpare();
  }

  /** A segment is prepared in the background while the second half of the head fills. */
  private void wantSpare() {
    Maintenance threads = maintenance;
    if (threads != null && running().writer.becameHalfFull()) {
      threads.wantSpare();
    }
  }

  /**
   * Ends an append.
   *
   * @param unwritten data that trees may refer to and that is not in the file: it stays readable
   */
  void end(@Nullable InFlight unwritten) {
    try {
      if (unwritten != null) {
        reads.setInFlight(unwritten.copy());
        poison.set(new IllegalStateException("an append was published and not written"));
      }
    } finally {
      running().writer.release();
      appendMutex.unlock();
    }
  }

  /** Takes the append mutex without an append: nothing is in flight while it is held. */
  public LogHold hold() {
    lockAppends();
    return hold;
  }

  private void lockAppends() {
    if (appendMutex.isHeldByCurrentThread()) {
      throw new IllegalStateException("this thread holds the append mutex already");
    }
    if (reads.isPinnedByThisThread()) {
      throw new IllegalStateException("the append mutex comes before the pin");
    }
    appendMutex.lock();
  }

  /** The end of what is written. */
  public LogPosition position() {
    return new LogPosition(running().durability.written());
  }

  /**
   * Makes everything before the position durable. Concurrent callers share one {@code fdatasync};
   * returns at once when it is durable already.
   *
   * @throws LogFailedException an earlier append or sync failed
   */
  public void sync(LogPosition position) throws IOException {
    running().durability.sync(position.address());
  }

  /** Keeps the files of all segments as they are, from the look-up of an address to its read. */
  public Pin pin() {
    return reads.pin();
  }

  /**
   * Reads bytes of blocks that follow each other in one segment, verified.
   *
   * @param address of a block
   * @param skipBytes where to begin, counted from the start of that block
   * @param target gets {@code lengthBytes} bytes at its position
   * @throws CorruptStoreException a block is not what was written
   */
  public void read(long address, int skipBytes, int lengthBytes, ByteBuffer target)
      throws IOException {
    if (skipBytes < 0 || lengthBytes < 0 || lengthBytes > target.remaining()) {
      throw new IllegalArgumentException(
          "a read of %d bytes from %d on into %d"
              .formatted(lengthBytes, skipBytes, target.remaining()));
    }
    if (lengthBytes > 0) {
      reads.read(address, skipBytes, lengthBytes, target);
    }
  }

  /**
   * Reads consecutive blocks of one segment, of which some are wanted: these are verified, the
   * others may be anything. Fails where they are not, or no longer, in one piece in the segment's
   * file; then {@link #read} reads each.
   *
   * @param address of the first block
   * @param wanted counted from the first
   * @param target is filled with whole blocks from its position on
   * @throws IOException also for what is no fault; of wanted blocks only those that are damaged
   *     fail when they are read by themselves
   */
  public void readAmong(long address, BitSet wanted, ByteBuffer target) throws IOException {
    reads.readAmong(address, wanted, target);
  }

  /**
   * Reads whole blocks of one segment from its file and verifies them, past the cache of blocks.
   * Those of an append that is going on are taken from memory.
   *
   * @param target gets them at its position
   * @throws CorruptStoreException a block is not what was written
   */
  public void readFromDisk(long address, int blocks, ByteBuffer target) throws IOException {
    reads.readPastCache(address, blocks, target);
  }

  /**
   * What cannot be freed because of damage: a sentence for each segment whose live map was lost. Of
   * such a one all counts as live.
   */
  public List<String> losses() {
    return table.supplied().stream()
        .map(
            number ->
                "the live map of segment %d was damaged: nothing in it is freed".formatted(number))
        .toList();
  }

  /** Blocks become referred to. To be called with what refers to them, inside the gate. */
  public void markLive(long address, int blocks) {
    table.markLive(address, blocks);
  }

  /**
   * Says anew which blocks are live, for a repair: nobody else uses the log.
   *
   * @param live for each segment; one that is not named has none
   */
  public void replaceLive(Map<Long, BitSet> live) {
    table.replaceLive(live);
  }

  /** Blocks are no longer referred to by anything. To be called inside the gate. */
  public void markDead(long address, int blocks) {
    table.markDead(address, blocks);
  }

  /** What died since the last freeze: no checkpoint lets it go yet. In bytes; takes no lock. */
  public long diedBytes() {
    return table.diedBlocks() * LogFormat.BLOCK_BYTES;
  }

  /** Whether all blocks of a range are in one segment and live. */
  public boolean isLive(long address, int blocks) {
    return table.isLive(address, blocks);
  }

  /**
   * Takes the log's part of a checkpoint, in memory. The caller has the append mutex (see {@link
   * #hold}) and the gate exclusively.
   */
  public FrozenSegments freeze() {
    if (!appendMutex.isHeldByCurrentThread()) {
      throw new IllegalStateException("a freeze needs the append mutex");
    }
    LogWriter writer = running().writer;
    return new FrozenSegments(this, writer.state(), writer.headSegment(), table.freeze());
  }

  /** The checkpoint is durable: what is dead in it may be discarded. */
  void committed(long headSegment, List<FrozenSegments.Row> rows) {
    table.commit(headSegment, rows);
    Maintenance threads = maintenance;
    if (threads != null) {
      threads.wantClean();
    }
  }

  /**
   * Notes that a checkpoint is durable, so that an older index will not be taken for the last. The
   * note is not synced: it is on the disk with the next sync of the log, and until then nobody
   * knows less than without it.
   *
   * @param checkpoint the index's number of it
   */
  public void noteCheckpoint(long checkpoint) throws IOException {
    lockAppends();
    try {
      poison.check();
      running().writer.note(store, checkpoint);
    } catch (DiskFullException e) {
      Logger.warn("no room for the note of checkpoint {}: {}", checkpoint, e.getMessage());
    } catch (IOException | RuntimeException | Error e) {
      poison.set(e);
      throw e;
    } finally {
      appendMutex.unlock();
    }
  }

  /**
   * Brings back to the host what the policy wants back: all dead segments, and the dead blocks of
   * others by rewriting, as of the last durable checkpoint. Takes as long as that takes.
   */
  public void reclaim() throws IOException {
    running().cleaner.reclaim();
  }

  /**
   * Gives the space of dead segments back to the host at once.
   *
   * @return whether there were any
   */
  public boolean deleteDead() throws IOException {
    return running().cleaner.deleteDead();
  }

  /** The host has no room: dead segments that were left for the time to come are deleted soon. */
  public void wantSpace() {
    Maintenance threads = maintenance;
    if (threads != null) {
      threads.wantClean();
    }
  }

  /** Starts the background threads that clean, that prepare segments, and that write back early. */
  public synchronized void startMaintenance() {
    if (maintenance == null) {
      Running now = running();
      Maintenance threads = new Maintenance(now.cleaner, now.spares, now.writeBack, poison);
      threads.start();
      maintenance = threads;
    }
  }

  /** Ends the background threads and waits for them. */
  public synchronized void stopMaintenance() {
    Maintenance threads = maintenance;
    if (threads != null) {
      maintenance = null;
      threads.stop();
    }
  }

  /** The length of a full segment's data area, in bytes. */
  public long segmentBytes() {
    return (long) segmentBlocks * LogFormat.BLOCK_BYTES;
  }

  /** What is allocated on the host and still free for appends, in bytes. */
  public long reservedBytes() {
    long usedBlocks = running().durability.written() % segmentBlocks;
    return (segmentBlocks - usedBlocks) * LogFormat.BLOCK_BYTES;
  }

  public LogStatistics statistics() {
    return table.statistics();
  }

  /** All segments, by number. */
  public List<SegmentInfo> segments() {
    return table.infos();
  }

  /** The live blocks of a segment, in order. */
  public List<BlockRange> liveRanges(long segment) throws CorruptStoreException {
    return table.liveRanges(segment);
  }

  /**
   * Verifies that each segment's file is there, that its header and its run table are sound and
   * that it has every live block. Reads no data.
   *
   * @return a sentence for each broken rule
   */
  public List<String> verify() {
    try (Pin held = reads.pin()) {
      return new SegmentVerifier(table, files, segmentBlocks).verify();
    }
  }

  /** Why the store turned read-only, or null while it is not. */
  public @Nullable Throwable failure() {
    return poison.cause();
  }

  /** Closes the files. Nothing is synced: a store is closed by a checkpoint. */
  @Override
  public void close() throws IOException {
    stopMaintenance();
    files.close();
  }
}
