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
import dev.brindle.store.disk.DiskFullException;
import dev.brindle.store.index.Index;
import dev.brindle.store.log.Log;
import dev.brindle.store.log.LogStatistics;
import dev.brindle.store.tree.NodeStore;
import dev.brindle.store.version.Catalogue;
import dev.brindle.store.version.Version;
import dev.brindle.store.version.VersionAudit;
import dev.brindle.store.version.VersionTree;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** A store while it is open: its parts, put together and taken apart again. */
public final class OpenStore implements Closeable {
  private static final long COPIES_INTERVAL_MILLIS = 10_000;

  private final StoreFormat format;
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
  private List<String> salvaged = List.of();
  private @Nullable RecoveryReport recovery;

  OpenStore(
      StoreFormat format,
      Index index,
      StoreTables tables,
      Log log,
      NodeStore nodes,
      VersionTree versions,
      Engine engine,
      StoreOptions options) {
    this.format = format;
    this.index = index;
    this.log = log;
    this.nodes = nodes;
    this.versions = versions;
    this.engine = engine;
    this.checkpoint = new Checkpoint(engine, tables);
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
    this.volumes = new Volumes(engine, reaper, reaping::wake);
    engine.backlog().setWakeCheckpointer(checkpointer::wake);
  }

  /** Repeats the redo behind the checkpoint as far as damage lets it be. */
  void recoverWhatFits(CheckpointRow row) throws IOException {
    Replay replay = new Replay(engine, row.number());
    CorruptStoreException loss = log.replayWhatIsLeft(replay::applyWhatFits);
    unrepeated = new ArrayList<>(replay.left());
    if (loss != null) {
      unrepeated.add(String.valueOf(loss.getMessage()));
    }
  }

  /** Takes an older state for the last, with the redo that follows on it. */
  void becomeTheNewest(CheckpointRow row) throws IOException {
    log.replayWhatIsLeft(new Replay(engine, row.number())::applyUpToTheNextCheckpoint);
    checkpoint.run();
    log.forgetLoss();
    copyRound();
  }

  /**
   * @param ofLog what was done to the log so that it could be opened
   * @param ofRows what was made anew of lost rows, in memory
   */
  void setMended(List<String> ofLog, List<String> ofRows) {
    mended = ofLog;
    salvaged = ofRows;
  }

  /** What was done to the log so that the store could be opened at rest, in sentences. */
  public List<String> mended() {
    return mended;
  }

  /** What was made anew of lost rows when the store was opened at rest: a sentence for each. */
  public List<String> salvaged() {
    return salvaged;
  }

  /** Why redo was left out when the store was opened at rest: a sentence for each record. */
  public List<String> unrepeated() {
    return unrepeated;
  }

  void recover(CheckpointRow row, @Nullable UncleanEnd end) throws IOException {
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

  void start() {
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
    } catch (CorruptStoreException e) {
      Logger.warn("the copies of the index stay as they are: {}", e.getMessage());
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

  public VolumeInfo renameVolume(long volume, Predicate<VolumeInfo> condition, Name name)
      throws IOException {
    return volumes.rename(volume, condition, name);
  }

  public void deleteVolume(long volume, Predicate<VolumeInfo> condition, CloneDisposition clones)
      throws IOException {
    volumes.delete(volume, condition, clones);
  }

  public SnapshotInfo takeSnapshot(long volume, Name name) throws IOException {
    return volumes.takeSnapshot(volume, name);
  }

  public SnapshotInfo renameSnapshot(long version, Predicate<SnapshotInfo> condition, Name name)
      throws IOException {
    return volumes.renameSnapshot(version, condition, name);
  }

  public void deleteSnapshot(long version, Predicate<SnapshotInfo> condition) throws IOException {
    volumes.deleteSnapshot(version, condition);
  }

  public VolumeInfo cloneVolume(long volume, Name name) throws IOException {
    return volumes.cloneVolume(volume, name);
  }

  public VolumeInfo cloneSnapshot(long version, Name name) throws IOException {
    return volumes.cloneSnapshot(version, name);
  }

  public List<SpaceUsage> spaceUsage() throws IOException {
    engine.flushing().flushAllThatFits();
    return versions.catalogue().spaceUsage();
  }

  public void diff(FileTree from, FileTree to, Consumer<Difference> sink) throws IOException {
    if (!engine.fault().isReported()) {
      engine.flushing().flushAllThatFits();
    }
    try (FrozenTrees both = volumes.freeze(from, to)) {
      TreeComparison.run(both.from().view(), both.to().view(), sink);
    }
  }

  public void sync() throws IOException {
    try {
      engine.flushing().flushAll();
    } finally {
      engine.appends().persist();
    }
  }

  public void checkpoint() throws IOException {
    engine.flushing().flushAllThatFits();
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
        superblock().store().toString(),
        superblock().format(),
        statistics.segments(),
        statistics.liveBytes(),
        statistics.deadBytes(),
        index.fileBytes(),
        engine.dirtyBytes().bytes(),
        checkpoint.completed(),
        engine.versions().reapsPending(),
        engine.fault().reason(),
        engine.flushing().unsavedReason(),
        recovery,
        losses());
  }

  private List<String> losses() {
    List<String> losses = new ArrayList<>(versions.losses());
    losses.addAll(log.losses());
    return losses;
  }

  /** False when something could not be written that had to be. */
  public boolean isInOrder() {
    return !engine.fault().isReported();
  }

  /** Makes the store one in which blocks may be shared, durably. */
  public void allowSharing() throws IOException {
    format.raise(Superblock.SHARING);
  }

  // ---- What Check walks

  public Superblock superblock() {
    return format.superblock();
  }

  /** Verifies the superblock and its copy on the disk, and writes anew what is damaged. */
  public void mendSuperblocks(Consumer<String> damages) throws IOException {
    format.mend(damages);
  }

  /** Has the copies of the index looked at now, and renewed when that is due. */
  public void renewCopiesSoon() {
    copying.wake();
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
    if (engine.flushing().unflushed() > 0) {
      throw new IOException(
          "the host's disk is full: file data and sizes that were not synced are lost, %d bytes"
              .formatted(engine.dirtyBytes().bytes()));
    }
  }

  /** Ends the threads, makes everything durable and closes the files. */
  @Override
  public void close() throws IOException {
    copying.stop();
    // these may be waiting for a checkpoint
    reaping.stop();
    engine.flusher().stop();
    checkpointer.stop();
    log.stopMaintenance();
    try {
      if (!engine.fault().isReported()) {
        saveAll();
        refuseLoss();
      }
    } finally {
      closeFiles();
    }
  }

  /** A checkpoint may leave data to the next one; where the disk is full all leave the same. */
  private void saveAll() throws IOException {
    long before;
    long left = Long.MAX_VALUE;
    do {
      before = left;
      checkpoint.run();
      left = engine.flushing().unflushed();
    } while (left > 0 && left < before);
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
