package dev.brindle.store.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import dev.brindle.store.disk.DiskFile;
import dev.brindle.store.disk.Leftover;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The segments behind the head that have their files already: empty, of full size, durable in the
 * directory. Numbers are consecutive, so a file is made for a given number: of a dead segment's
 * when there is one, else a new one.
 */
final class Spares {
  private final Disk disk;
  private final StoreId store;
  private final int segmentBlocks;
  private final OpenSegments files;
  private final @Nullable DeadSegments dead;
  private final Demand demand = new Demand(System::nanoTime);

  @GuardedBy("this")
  private final Deque<SegmentFile> prepared = new ArrayDeque<>();

  @GuardedBy("this")
  private long nextNumber;

  /** As many of them are the append's that is under way. */
  @GuardedBy("this")
  private int promised;

  /**
   * @param dead null when there are none yet
   */
  Spares(
      Disk disk,
      StoreId store,
      int segmentBlocks,
      OpenSegments files,
      @Nullable DeadSegments dead,
      long nextNumber) {
    this.disk = disk;
    this.store = store;
    this.segmentBlocks = segmentBlocks;
    this.files = files;
    this.dead = dead;
    this.nextNumber = nextNumber;
  }

  /**
   * Makes sure that so many segments can be taken without a further need of space.
   *
   * @throws dev.brindle.store.disk.DiskFullException there are fewer
   */
  synchronized void ensure(int count) throws IOException {
    while (prepared.size() < count) {
      prepare();
    }
  }

  /** As {@link #ensure}, and none of them is given up before {@link #endPromise}. */
  synchronized void promise(int count) throws IOException {
    ensure(count);
    promised = count;
  }

  synchronized void endPromise() {
    promised = 0;
  }

  /** Prepares one if there is none. */
  synchronized void prepareOne() throws IOException {
    if (prepared.isEmpty()) {
      prepare();
    }
  }

  /** The next segment, acquired in {@link OpenSegments}. */
  synchronized SegmentFile take() throws IOException {
    prepareOne();
    demand.tookOne();
    promised = Math.max(0, promised - 1);
    return prepared.removeFirst();
  }

  Demand demand() {
    return demand;
  }

  /** Gives a spare's space back to the host; false when there is none that was not promised. */
  synchronized boolean giveUp() throws IOException {
    if (prepared.size() <= promised) {
      return false;
    }
    SegmentFile last = prepared.removeLast();
    nextNumber--;
    files.remove(last.number());
    files.release(last);
    disk.delete(LogFormat.segmentName(last.number()));
    return true;
  }

  /**
   * Takes in a file found at opening that follows the head and was never reached. One that was
   * rewritten is of a later state than the log's, and is made anew when it is wanted.
   */
  synchronized void adopt(long number) throws IOException {
    if (number != nextNumber) {
      throw new IllegalStateException("segment " + number + " does not follow the last one");
    }
    SegmentFile file = openForAppend(number, 0);
    if (file.header().rewritten()) {
      files.remove(number);
      files.release(file);
      return;
    }
    prepared.addLast(file);
    nextNumber = number + 1;
  }

  @GuardedBy("this")
  private void prepare() throws IOException {
    long number = nextNumber;
    String name = LogFormat.temporaryName(number);
    int writtenBlocks;
    try {
      boolean recycled = recycle(name);
      if (!recycled && disk.exists(name)) {
        disk.delete(name);
      }
      writtenBlocks = writeEmpty(name, number, !recycled);
    } catch (IOException e) {
      Leftover.delete(disk, name, e);
      throw e;
    }
    disk.rename(name, LogFormat.segmentName(number));
    disk.syncDirectory(LogFormat.DIRECTORY);
    prepared.addLast(openForAppend(number, writtenBlocks));
    // not before: a number that is left out is taken for a lost segment at the next opening
    nextNumber = number + 1;
  }

  /** Gives the file of a dead segment the name; false when there is none. */
  private boolean recycle(String name) throws IOException {
    Long number = dead == null ? null : dead.takeLongest();
    String old = number == null ? null : LogFormat.segmentName(number);
    if (old == null || !disk.exists(old)) {
      return false;
    }
    try {
      disk.rename(old, name);
    } catch (IOException e) {
      Leftover.delete(disk, old, e);
      throw e;
    }
    // the old name must not come back with the new content
    disk.syncDirectory(LogFormat.DIRECTORY);
    return true;
  }

  /** Returns how many of its blocks were written before, by whoever had the file. */
  private int writeEmpty(String name, long number, boolean create) throws IOException {
    SegmentHeader header = SegmentHeader.normal(store, number, segmentBlocks);
    try (DiskFile file =
        disk.open(name, create ? Disk.OpenMode.CREATE : Disk.OpenMode.READ_WRITE)) {
      long written = Math.min(file.length(), header.pageOffset(0)) - header.dataOffset(0);
      if (file.length() > header.fileBytes()) {
        file.truncate(header.fileBytes());
      }
      file.allocate(0, header.fileBytes());
      file.write(0, header.encode());
      file.sync();
      return (int) Math.max(0, written / LogFormat.BLOCK_BYTES);
    }
  }

  private SegmentFile openForAppend(long number, int writtenBlocks) throws IOException {
    SegmentFile file =
        SegmentFile.open(disk, store, number, segmentBlocks, Disk.OpenMode.READ_WRITE);
    file.holdChecksums(new int[segmentBlocks]);
    file.setWrittenBlocks(writtenBlocks);
    files.register(file);
    return file;
  }
}
