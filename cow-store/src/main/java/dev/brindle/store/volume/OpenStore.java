package dev.brindle.store.volume;

import dev.brindle.store.CloneDisposition;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.Difference;
import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import dev.brindle.store.RecoveryReport;
import dev.brindle.store.SnapshotInfo;
import dev.brindle.store.SpaceUsage;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.StoreStatus;
import dev.brindle.store.UncleanEnd;
import dev.brindle.store.VolumeInfo;
import dev.brindle.store.WritableFileTree;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.DiskFullException;
import dev.brindle.store.index.Index;
import dev.brindle.store.log.Log;
import dev.brindle.store.log.LogStatistics;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.version.Catalogue;
import dev.brindle.store.version.ExtentFinder;
import dev.brindle.store.version.Version;
import dev.brindle.store.version.VersionAudit;
import dev.brindle.store.version.VersionTree;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** A store while it is open: its parts, put together and taken apart again. */
public final class OpenStore implements Closeable {
  /** What an unfinished creation may have left. */
  private static final Set<String> LEFTOVERS =
      Set.of("lock", "index.db", "checkpoints", "log", "superblock.new");

  private static final Set<String> NOTHING = Set.of("lock");

  private static final long COPIES_INTERVAL_MILLIS = 10_000;
  private static final int SEGMENT_BLOCKS_SMALL = 1024;
  private static final int SEGMENT_BLOCKS_LARGE = 16_384;

  /** A disk has room for so many segments, unless it is very small. */
  private static final int SEGMENTS_OF_DISK_MIN = 64;

  private final Superblock superblock;
  private final Index index;
  private final Log log;
  private final NodeStore nodes;
  private final VersionTree versions;
  private final Engine engine;
  private final Checkpoint checkpoint;
  private final Reaper reaper;
  private final Volumes volumes;
  private final Worker checkpointer;
  private final Worker reaping;
  private final Worker copying;
  private List<String> unrepeated = List.of();
  private List<String> mended = List.of();
  private @Nullable RecoveryReport recovery;

  private OpenStore(
      Superblock superblock,
      Index index,
      Log log,
      NodeStore nodes,
      VersionTree versions,
      Engine engine,
      StoreOptions options) {
    this.superblock = superblock;
    this.index = index;
    this.log = log;
    this.nodes = nodes;
    this.versions = versions;
    this.engine = engine;
    this.checkpoint = new Checkpoint(engine);
    this.reaper = new Reaper(engine);
    this.checkpointer =
        new Worker(
            "brindle-checkpoint",
            options.checkpointIntervalMillis(),
            this::checkpointRound,
            engine.fault()::report);
    this.reaping = new Worker("brindle-reap", 1_000, this::reapRound, engine.fault()::report);
    this.copying =
        new Worker(
            "brindle-copies", COPIES_INTERVAL_MILLIS, this::copyRound, engine.fault()::report);
    this.volumes = new Volumes(engine, reaping::wake);
    engine.backlog().setWakeCheckpointer(checkpointer::wake);
  }

  /**
   * Makes an empty store on a disk that has none.
   *
   * @throws java.nio.file.FileAlreadyExistsException it has one
   * @throws java.nio.file.DirectoryNotEmptyException it has something else than what an earlier
   *     attempt left; also a store that lost its superblock
   */
  public static void create(Disk disk, StoreOptions options) throws IOException {
    if (disk.exists(Superblock.FILE) || Superblock.hasCopy(disk)) {
      throw new java.nio.file.FileAlreadyExistsException("there is a store already");
    }
    Set<String> allowed = Superblock.isAnnounced(disk) ? LEFTOVERS : NOTHING;
    for (String name : disk.list("")) {
      if (!allowed.contains(name)) {
        throw new java.nio.file.DirectoryNotEmptyException(name);
      }
    }
    if (Superblock.isAnnounced(disk)) {
      removeLeftovers(disk);
    } else {
      Superblock.announce(disk);
    }
    Superblock superblock = Superblock.create(segmentBlocks(disk, options));
    Index index = Index.create(disk, superblock.store());
    Log log =
        Log.create(
            disk, superblock.store(), superblock.segmentBlocks(), options.blockCacheBytesMax());
    try (OpenStore store = assemble(disk, superblock, index, log, options, 0)) {
      store.checkpoint.run();
    }
    superblock.write(disk);
    superblock.writeCopy(disk);
  }

  /** Small disks get small segments: one is kept free, and a dead one should come back soon. */
  private static int segmentBlocks(Disk disk, StoreOptions options) throws IOException {
    long blocksOfDisk = disk.totalBytes() / Extent.BLOCK_BYTES;
    int share = (int) Math.min(SEGMENT_BLOCKS_LARGE, blocksOfDisk / SEGMENTS_OF_DISK_MIN);
    return Math.min(options.segmentBlocks(), Math.max(SEGMENT_BLOCKS_SMALL, share));
  }

  private static void removeLeftovers(Disk disk) throws IOException {
    for (String directory : List.of("log", "checkpoints")) {
      if (disk.exists(directory)) {
        for (String name : disk.list(directory)) {
          disk.delete(directory + "/" + name);
        }
      }
    }
    if (disk.exists("index.db")) {
      disk.delete("index.db");
    }
  }

  /**
   * Opens a store: the index of the last checkpoint, the redo behind it, and a checkpoint of the
   * result.
   *
   * @param directory for messages
   * @param end how the process before left it; null when it closed it in order
   */
  public static OpenStore open(
      Disk disk, Path directory, StoreOptions options, @Nullable UncleanEnd end)
      throws IOException {
    OpenStore store =
        openIndexAndLog(disk, directory, options, false, (s, row) -> s.recover(row, end));
    store.start();
    return store;
  }

  /**
   * Opens a store in which nothing happens by itself, for a repair: a lost last segment of the log
   * is replaced, the redo behind the last checkpoint is repeated as far as damage lets it be, and no
   * checkpoint follows.
   */
  public static OpenStore openAtRest(
      Disk disk, Path directory, StoreOptions options, @Nullable UncleanEnd end)
      throws IOException {
    return openIndexAndLog(disk, directory, options, true, OpenStore::recoverWhatFits);
  }

  private interface Recovery {
    void run(OpenStore store, CheckpointRow row) throws IOException;
  }

  private static OpenStore openIndexAndLog(
      Disk disk, Path directory, StoreOptions options, boolean mends, Recovery recovery)
      throws IOException {
    Superblock superblock = Superblock.read(disk, directory);
    Index index = Index.open(disk, superblock.store());
    try {
      superblock.writeCopy(disk);
      CheckpointRow row = CheckpointRow.read(index);
      List<String> mended =
          mends
              ? Log.mendHead(disk, superblock.store(), superblock.segmentBlocks(), row.log())
              : List.of();
      Log log =
          Log.open(
              disk,
              superblock.store(),
              superblock.segmentBlocks(),
              options.blockCacheBytesMax(),
              row.log(),
              index.table(StoreTables.SEGMENTS));
      try {
        OpenStore store = assemble(disk, superblock, index, log, options, row.number());
        store.mended = mended;
        recovery.run(store, row);
        return store;
      } catch (IOException | RuntimeException | Error e) {
        log.close();
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
      index.close();
      throw e;
    }
  }

  /**
   * Makes the index anew from its copies, and the superblock from its own when it is lost. The
   * store is not open; opening it then rolls the log's redo forward, as after a crash.
   *
   * @param directory for messages
   * @return the checkpoint that the index is of
   * @throws CorruptStoreException it cannot be done; nothing has changed
   */
  public static long rebuildIndex(Disk disk, Path directory) throws IOException {
    Superblock superblock = Superblock.readOrRestore(disk, directory);
    return Index.rebuild(disk, superblock.store());
  }

  private static OpenStore assemble(
      Disk disk,
      Superblock superblock,
      Index index,
      Log log,
      StoreOptions options,
      long lastCheckpoint)
      throws IOException {
    NodeStore nodes = new NodeStore(index, options.nodeCacheBytesMax());
    VersionTree versions =
        VersionTree.load(index, nodes, log, OpenStore::findExtent, superblock.segmentBlocks());
    NameHash hash = new NameHash(superblock.hashKey0(), superblock.hashKey1());
    Engine engine = new Engine(disk, index, nodes, versions, log, hash, options, lastCheckpoint);
    return new OpenStore(superblock, index, log, nodes, versions, engine, options);
  }

  /** Tells the version tree which items hold blocks of the log. */
  private static void findExtent(long high, long offset, byte[] value, ExtentFinder.Sink sink)
      throws CorruptStoreException {
    if (ItemType.typeOf(high) == ItemType.EXTENT) {
      Extent extent = Extent.decode(value);
      if (!extent.unwritten()) {
        sink.extent(extent.address(), extent.blocks(), extent.born());
      }
    }
  }

  private void recoverWhatFits(CheckpointRow row) throws IOException {
    Replay replay = new Replay(engine, row.number());
    log.replay(replay::applyWhatFits);
    unrepeated = replay.left();
  }

  /** Why redo was left out when the store was opened at rest: a sentence for each record. */
  public List<String> unrepeated() {
    return unrepeated;
  }

  /** What was done to the log so that the store could be opened at rest, in sentences. */
  public List<String> mended() {
    return mended;
  }

  private void recover(CheckpointRow row, @Nullable UncleanEnd end) throws IOException {
    long start = System.nanoTime();
    Replay replay = new Replay(engine, row.number());
    log.replay(replay::apply);
    long blocks = log.position().address() - row.log().position().address();
    checkpoint.run();
    if (end == null && replay.operations() == 0) {
      return;
    }
    recovery =
        new RecoveryReport(
            end,
            replay.operations(),
            blocks * Extent.BLOCK_BYTES,
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    Logger.info("the store was not closed before: {}", recovery);
  }

  private void start() {
    engine.flusher().start();
    checkpointer.start();
    reaping.start();
    copying.start();
    log.startMaintenance();
  }

  private void checkpointRound() throws IOException {
    if (!engine.fault().isReported() && checkpoint.isNeeded()) {
      try {
        checkpoint.run();
      } catch (DiskFullException e) {
        Logger.warn("the host's disk is full: the checkpoint waits for space ({})", e.getMessage());
      }
    }
  }

  private void copyRound() throws IOException {
    if (engine.fault().isReported()) {
      return;
    }
    try {
      index.renewCopies(copying::isStopped);
    } catch (DiskFullException e) {
      Logger.warn("no room for copies of the index ({})", e.getMessage());
    }
  }

  private void reapRound() throws IOException {
    if (!engine.fault().isReported() && reaper.isPending()) {
      reaper.run(reaping::isStopped);
    }
  }

  public WritableFileTree volume(long id) throws IOException {
    return volumes.open(id);
  }

  public FileTree snapshot(long version) throws IOException {
    return volumes.openSnapshot(version);
  }

  public Catalogue catalogue() {
    return versions.catalogue();
  }

  public VolumeInfo createVolume(Name name, int uid, int gid) throws IOException {
    return volumes.create(name, uid, gid);
  }

  public VolumeInfo renameVolume(long volume, Name name) throws IOException {
    return volumes.rename(volume, name);
  }

  public void deleteVolume(long volume, CloneDisposition clones) throws IOException {
    volumes.delete(volume, clones);
  }

  public SnapshotInfo takeSnapshot(long volume, Name name) throws IOException {
    return volumes.takeSnapshot(volume, name);
  }

  public SnapshotInfo renameSnapshot(long version, Name name) throws IOException {
    return volumes.renameSnapshot(version, name);
  }

  public void deleteSnapshot(long version) throws IOException {
    volumes.deleteSnapshot(version);
  }

  public VolumeInfo cloneVolume(long volume, Name name) throws IOException {
    return volumes.cloneVolume(volume, name);
  }

  public VolumeInfo cloneSnapshot(long version, Name name) throws IOException {
    return volumes.cloneSnapshot(version, name);
  }

  public List<SpaceUsage> spaceUsage() throws IOException {
    engine.flushAllThatFits();
    return versions.catalogue().spaceUsage();
  }

  public void diff(FileTree from, FileTree to, Consumer<Difference> sink) throws IOException {
    if (!engine.fault().isReported()) {
      engine.flushAllThatFits();
    }
    try (FrozenTree old = volumes.freeze(from);
        FrozenTree now = volumes.freeze(to)) {
      TreeComparison.run(old.view(), now.view(), sink);
    }
  }

  public void sync() throws IOException {
    try {
      engine.flushAll();
    } finally {
      engine.persist();
    }
  }

  public void checkpoint() throws IOException {
    checkpoint.run();
  }

  /** Frees deleted versions and rewrites segments until there is nothing more to gain. */
  public void reclaim() throws IOException {
    reaper.run(() -> false);
    checkpoint.run();
    log.reclaim();
    checkpoint.run();
  }

  public StoreStatus status() throws IOException {
    LogStatistics statistics = log.statistics();
    return new StoreStatus(
        superblock.store().toString(),
        Superblock.FORMAT_VERSION,
        statistics.segments(),
        statistics.liveBytes(),
        statistics.deadBytes(),
        index.fileBytes(),
        engine.dirtyBytes().bytes(),
        checkpoint.completed(),
        engine.versions().reapsPending(),
        engine.fault().reason(),
        recovery);
  }

  /** False when something could not be written that had to be. */
  public boolean isInOrder() {
    return !engine.fault().isReported();
  }

  // ---- What Check walks

  public Superblock superblock() {
    return superblock;
  }

  public Index index() {
    return index;
  }

  public Log log() {
    return log;
  }

  public NodeStore nodes() {
    return nodes;
  }

  public VersionTree versions() {
    return versions;
  }

  /** Looks at a version. */
  public interface Look {
    void at(Version version) throws IOException;
  }

  /**
   * Shows a version while nothing changes it and nothing of it is freed. Nothing happens when there
   * is no such version, or it is being deleted. Short looks only: its writers wait.
   */
  public void withVersionStill(long id, Look look) throws IOException {
    try (VersionAudit audit = versions.audit()) {
      Version version = versions.find(id);
      if (version == null || audit.form(version) != VersionAudit.Form.WHOLE) {
        return;
      }
      Head head = engine.headOf(version);
      if (head == null) {
        look.at(version);
        return;
      }
      head.lock.readLock().lock();
      try {
        look.at(version);
      } finally {
        head.lock.readLock().unlock();
      }
    }
  }

  /**
   * @throws IOException file data could not be written
   */
  private void refuseLoss() throws IOException {
    long left = engine.dirtyBytes().bytes();
    if (left > 0) {
      throw new IOException(
          "the host's disk is full: %d bytes of file data that were not synced are lost"
              .formatted(left));
    }
  }

  /** Ends the threads, makes everything durable and closes the files. */
  @Override
  public void close() throws IOException {
    copying.stop();
    reaping.stop();
    checkpointer.stop();
    engine.flusher().stop();
    log.stopMaintenance();
    try {
      if (!engine.fault().isReported()) {
        checkpoint.run();
        refuseLoss();
      }
    } finally {
      closeFiles();
    }
  }

  /** Closes a store at rest; what came since the last checkpoint is as if it had never been. */
  public void abandon() throws IOException {
    closeFiles();
  }

  private void closeFiles() throws IOException {
    try {
      log.close();
    } finally {
      index.close();
    }
  }
}
