package dev.brindle.store.index;

import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Makes a new base of the copies when one is due. One caller at a time. */
final class CopyRenewal {
  /** Journals up to this length are kept however small the index is. */
  private static final long JOURNAL_BYTES_MIN = 16 << 20;

  /** So much of the disk, at most, is for that. */
  private static final int JOURNAL_SHARE = 256;

  /** The part of the disk that a new base must leave free. */
  private static final int FREE_SHARE = 32;

  private static final long FREE_BYTES_MAX = 1L << 30;
  private static final int STEP_PAGES = 256;
  private static final long REST_NANOS_MAX = 50_000_000;

  private final Disk disk;
  private final StoreId store;
  private final PageFile file;
  private final Copies copies;
  private final IndexWriter writer;

  CopyRenewal(Disk disk, StoreId store, PageFile file, Copies copies, IndexWriter writer) {
    this.disk = disk;
    this.store = store;
    this.file = file;
    this.copies = copies;
    this.writer = writer;
  }

  /** Makes a base if that is due; without room for it, the copies must not grow either. */
  void runIfDue(BooleanSupplier stopped) throws IOException {
    long bound =
        Math.max(file.fileBytes(), Math.min(JOURNAL_BYTES_MIN, disk.totalBytes() / JOURNAL_SHARE));
    if (!copies.isRenewalDue(bound)) {
      return;
    }
    if (hasRoom()) {
      run(stopped);
    } else if (copies.growBeyond(2 * bound)) {
      writer.giveUpCopies();
    }
  }

  private boolean hasRoom() throws IOException {
    long free = Math.min(FREE_BYTES_MAX, disk.totalBytes() / FREE_SHARE);
    return disk.freeBytes() - 2 * file.fileBytes() > free;
  }

  /**
   * Writes a base: all pages as of now, while checkpoints go on. A page that a later checkpoint
   * changes meanwhile is in the journal that begins here, so it does not matter which of both the
   * base has.
   *
   * @param stopped asked now and then; true ends the writing, and nothing has changed
   */
  void run(BooleanSupplier stopped) throws IOException {
    int[] places = writer.beginBase();
    if (places == null) {
      return;
    }
    long checkpoint = copies.basedOn();
    try (BaseWriter base = BaseWriter.begin(disk, store, checkpoint, places.length)) {
      for (int from = 0; from < places.length; from += STEP_PAGES) {
        if (stopped.getAsBoolean()) {
          return;
        }
        copy(places, from, base);
      }
      base.finish();
      copies.baseDone(checkpoint);
    } finally {
      copies.baseEnded();
      writer.countCopies();
    }
  }

  /** Copies some pages, and rests for as long as that took: others have the disk before it. */
  private void copy(int[] places, int from, BaseWriter base) throws IOException {
    long start = System.nanoTime();
    List<PageImage> images =
        writer.images(places, from, Math.min(from + STEP_PAGES, places.length));
    base.add(images);
    LockSupport.parkNanos(Math.min(System.nanoTime() - start, REST_NANOS_MAX));
  }
}
