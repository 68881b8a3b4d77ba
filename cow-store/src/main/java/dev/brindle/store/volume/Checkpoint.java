package dev.brindle.store.volume;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.disk.DiskFullException;
import dev.brindle.store.log.FrozenSegments;
import dev.brindle.store.log.LogHold;
import dev.brindle.store.tree.FrozenNodes;
import dev.brindle.store.version.FrozenVersions;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Makes what is in memory the index on disk. What comes before what, and why:
 *
 * <ol>
 *   <li><em>flush</em>: dirty file data goes to the log, so that the index will be a consistent cut
 *       of everything, unless that is more than a checkpoint should write at once.
 *   <li><em>freeze</em>, with the append mutex and the gate closed, in memory: nodes, versions,
 *       live maps and the log's position are of one instant; no append is between its tree change
 *       and its write.
 *   <li><em>sync the log</em>: the index must not refer to bytes that a crash can take away.
 *   <li><em>write the index</em>: records into MapDB, then its journal, its own two syncs.
 *   <li><em>note it in the log</em>, unsynced: from then on an older index is seen to be one.
 *   <li><em>settle</em>: only now redo of before is void, frozen nodes are clean, and segments that
 *       died before may go.
 * </ol>
 *
 * A checkpoint that finds the disk full keeps what it froze, and the next run goes on with it.
 */
final class Checkpoint {
  private record Frozen(
      long number, FrozenNodes nodes, FrozenVersions versions, FrozenSegments segments) {}

  private final Engine engine;
  private final StoreTables tables;
  private final AtomicLong completed = new AtomicLong();

  @GuardedBy("this")
  private @Nullable Frozen unfinished;

  Checkpoint(Engine engine, StoreTables tables) {
    this.engine = engine;
    this.tables = tables;
  }

  /** How many this process has made durable. */
  long completed() {
    return completed.get();
  }

  /** True when there is something that the index on disk does not hold. */
  boolean isNeeded() {
    return engine.nodes().dirtyBytes() > 0
        || engine.pending().bytes() > 0
        || engine.dirtyBytes().bytes() > 0
        || engine.flushing().hasLeft();
  }

  synchronized void run() throws IOException {
    engine.fault().refuseSync();
    try {
      goOnWithSpace();
      engine.backlog().setDiskFull(false);
    } catch (DiskFullException e) {
      engine.backlog().setDiskFull(true);
      engine.flushing().refused(e);
      throw e;
    } catch (RuntimeException | Error e) {
      // whoever waits for a checkpoint would wait for ever
      engine.fault().report("a checkpoint", e);
      throw e;
    }
  }

  /** What the log has left for the segments to come is the index's when there is no other room. */
  private synchronized void goOnWithSpace() throws IOException {
    try {
      goOn();
    } catch (DiskFullException e) {
      if (!engine.log().deleteDead()) {
        throw e;
      }
      goOn();
    }
  }

  private synchronized void goOn() throws IOException {
    Frozen earlier = unfinished;
    if (earlier != null) {
      complete(earlier);
    }
    engine.flushing().flushForCheckpoint();
    prepare();
    Frozen frozen = freeze();
    unfinished = frozen;
    complete(frozen);
  }

  /** What may read from the disk is done before all operations have to wait. */
  private void prepare() throws IOException {
    engine.gate().shared().lock();
    try {
      engine.versions().settle();
    } finally {
      engine.gate().shared().unlock();
    }
  }

  private Frozen freeze() throws IOException {
    try (LogHold hold = engine.log().hold()) {
      engine.gate().exclusive().lock();
      try {
        // an operation may have failed half-way since the checkpoint began
        engine.fault().refuseSync();
        engine.versions().settle();
        return freezeAll();
      } finally {
        engine.gate().exclusive().unlock();
      }
    }
  }

  private Frozen freezeAll() throws IOException {
    try {
      Frozen frozen =
          new Frozen(
              engine.nextCheckpoint(),
              engine.nodes().freeze(),
              engine.versions().freeze(),
              engine.log().freeze());
      engine.pending().freeze();
      engine.checkpointFrozen();
      return frozen;
    } catch (IOException | RuntimeException | Error e) {
      engine.fault().report("a checkpoint's freeze", e);
      throw e;
    }
  }

  private void complete(Frozen frozen) throws IOException {
    try {
      syncLog(frozen);
      frozen.nodes.write();
      frozen.versions.write();
      frozen.segments.write(tables.segments());
      new CheckpointRow(frozen.number, frozen.segments.state()).write(tables.checkpoint());
      engine.index().freeze();
      engine.index().write();
      engine.log().noteCheckpoint(engine.index().checkpoint());
    } catch (DiskFullException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      engine.fault().report("a checkpoint", e);
      throw e;
    }
    settle(frozen);
  }

  /** A sync that fails is final, whatever the host says: a full disk, too. */
  private void syncLog(Frozen frozen) throws IOException {
    try {
      engine.log().sync(frozen.segments.state().position());
    } catch (DiskFullException e) {
      throw new IOException("the log could not be synced", e);
    }
  }

  private synchronized void settle(Frozen frozen) {
    frozen.nodes.settle();
    frozen.segments.committed();
    engine.pending().dropFrozen();
    unfinished = null;
    completed.incrementAndGet();
  }
}
