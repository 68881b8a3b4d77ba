package dev.brindle.store.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.DiskFullException;
import dev.brindle.store.disk.Leftover;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import org.tinylog.Logger;

/**
 * Brings freed space back to the host: deletes segments in which nothing is to be kept and rewrites
 * those of which too much is dead. Which blocks may go, and why, is argued in the package's
 * documentation.
 */
final class Cleaner {
  /** Waits between two pieces of work, and says when to stop. */
  interface Throttle {
    Throttle NONE = workNanos -> true;

    /** Returns false when the rest of the work is to be left for another time. */
    boolean pauseAfter(long workNanos);
  }

  /** A deletion may take all that the disk can do; so that it can do nine times as much else. */
  private static final int PAUSES_WHILE_GROWING = 9;

  private final Disk disk;
  private final int segmentBlocks;
  private final SegmentTable table;
  private final OpenSegments files;
  private final BlockCache cache;
  private final DeadSegments dead;
  private final Spares spares;
  private final Lock exclusive;
  private final SegmentRewriter rewriter;

  /** Whoever asked for a cleaning that takes no pauses. */
  private final AtomicInteger waiting = new AtomicInteger();

  /**
   * @param exclusive held while a file is replaced or deleted: nobody has a segment pinned then
   */
  Cleaner(
      Disk disk,
      StoreId store,
      int segmentBlocks,
      SegmentTable table,
      OpenSegments files,
      BlockCache cache,
      BlockReader reader,
      DeadSegments dead,
      Spares spares,
      Lock exclusive) {
    this.disk = disk;
    this.segmentBlocks = segmentBlocks;
    this.table = table;
    this.files = files;
    this.cache = cache;
    this.dead = dead;
    this.spares = spares;
    this.exclusive = exclusive;
    this.rewriter = new SegmentRewriter(disk, store, reader);
  }

  /** Does everything that the policy wants now. */
  void reclaim() throws IOException {
    waiting.incrementAndGet();
    try {
      reclaim(Throttle.NONE, 0);
    } finally {
      waiting.decrementAndGet();
    }
  }

  /** The same in the background: slowly, and without the dead segments that are wanted soon. */
  void reclaim(Throttle throttle) throws IOException {
    Throttle hurried = nanos -> waiting.get() > 0 || throttle.pauseAfter(nanos);
    reclaim(hurried, spares.demand().expected());
  }

  /** Deletes all dead segments at once; returns whether there were any. */
  boolean deleteDead() throws IOException {
    waiting.incrementAndGet();
    try {
      return deleteAllDead();
    } finally {
      waiting.decrementAndGet();
    }
  }

  private synchronized boolean deleteAllDead() throws IOException {
    List<Long> numbers = dead.numbers();
    deleteAll(numbers, Throttle.NONE);
    return !numbers.isEmpty();
  }

  private synchronized void reclaim(Throttle throttle, int deadWanted) throws IOException {
    boolean tight = CleaningPolicy.isTight(disk.freeBytes(), disk.totalBytes(), segmentBlocks);
    CleaningPolicy.Plan plan = CleaningPolicy.plan(table.candidates(), segmentBlocks, tight);
    boolean goOn =
        tight
            ? deleteAll(plan.dead(), Throttle.NONE)
            : deleteAll(unwanted(plan.dead(), deadWanted), throttle);
    if (!goOn) {
      return;
    }
    for (long number : plan.rewrites()) {
      long start = System.nanoTime();
      boolean roomLeft = rewriteOrSkip(number);
      if (!roomLeft || !throttle.pauseAfter(System.nanoTime() - start)) {
        break;
      }
    }
  }

  /** Makes sure of a spare, which is made of one of them, and leaves some more. */
  private List<Long> unwanted(List<Long> numbers, int wanted) throws IOException {
    if (numbers.isEmpty()) {
      return numbers;
    }
    try {
      spares.prepareOne();
    } catch (DiskFullException e) {
      Logger.debug("no room for a spare segment: {}", e.getMessage());
    }
    return numbers.subList(0, Math.max(0, numbers.size() - wanted));
  }

  /**
   * Deletes one by one, with longer pauses while the log is growing.
   *
   * @return false when the rest of the work is to be left for another time
   */
  @GuardedBy("this")
  private boolean deleteAll(List<Long> numbers, Throttle throttle) throws IOException {
    boolean goOn = true;
    for (int i = 0; goOn && i < numbers.size(); i++) {
      long start = System.nanoTime();
      String name = LogFormat.segmentName(numbers.get(i));
      if (dead.take(numbers.get(i)) && disk.exists(name)) {
        disk.delete(name);
        long pauses = spares.demand().isPresent() ? PAUSES_WHILE_GROWING : 1;
        goOn = throttle.pauseAfter(pauses * (System.nanoTime() - start));
      }
    }
    if (!numbers.isEmpty()) {
      disk.syncDirectory(LogFormat.DIRECTORY);
    }
    return goOn;
  }

  /** Returns whether there was room for the copy. */
  @GuardedBy("this")
  private boolean rewriteOrSkip(long number) throws IOException {
    try {
      rewrite(number);
      return true;
    } catch (CorruptStoreException e) {
      if (table.contains(number)) {
        Logger.error(e, "segment {} is left as it is", number);
        table.markDamaged(number);
      }
      return true;
    } catch (DiskFullException e) {
      if (spares.giveUp()) {
        return rewriteOrSkip(number);
      }
      Logger.warn("no room on the host's disk to rewrite segment {}", number);
      return false;
    } catch (IOException e) {
      Logger.error(e, "segment {} could not be rewritten; the next cleaning tries again", number);
      return true;
    }
  }

  @GuardedBy("this")
  private void rewrite(long number) throws IOException {
    LiveMap kept = table.kept(number);
    if (kept == null || kept.isEmpty()) {
      return;
    }
    SegmentFile source = files.acquire(number);
    try {
      if (kept.count() < source.header().fileBlocks()) {
        replace(source, kept);
      }
      table.rewritten(number, kept.count());
    } finally {
      files.release(source);
    }
  }

  @GuardedBy("this")
  private void replace(SegmentFile source, LiveMap kept) throws IOException {
    long number = source.number();
    String temporary = LogFormat.temporaryName(number);
    try {
      if (disk.exists(temporary)) {
        disk.delete(temporary);
      }
      rewriter.write(source, kept, temporary);
    } catch (IOException e) {
      Leftover.delete(disk, temporary, e);
      throw e;
    }
    exclusive.lock();
    try {
      if (!table.contains(number)) {
        // it died meanwhile, and the log took its file
        disk.delete(temporary);
        return;
      }
      disk.rename(temporary, LogFormat.segmentName(number));
      files.remove(number);
      cache.forgetChecksums(number, LogFormat.pagesFor(segmentBlocks));
    } finally {
      exclusive.unlock();
    }
    disk.syncDirectory(LogFormat.DIRECTORY);
  }
}
