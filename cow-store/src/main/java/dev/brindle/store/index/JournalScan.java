package dev.brindle.store.index;

import static dev.brindle.store.index.PageFormat.PAGE_BYTES;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FormatTooNewException;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Where the records of a journal are. One whose header or table is damaged does not hide those
 * behind it: a record is appended only when the one before it is synced, so a sound one further on
 * says that what is before it is damage and no torn tail.
 */
final class JournalScan {
  private static final int READ_BYTES = 1 << 20;

  private final DiskFile file;
  private final StoreId store;
  private final List<PageRecord> records = new ArrayList<>();
  private final List<CorruptStoreException> damages = new ArrayList<>();

  /** What the disk said where it could not be read behind the last record found. */
  private @Nullable IOException unreadable;

  private JournalScan(DiskFile file, StoreId store) {
    this.file = file;
    this.store = store;
  }

  /**
   * Looks through a journal; whether the pages of a record are whole is not looked at.
   *
   * @param begin where the first record stands, in bytes
   * @throws IOException the disk cannot read what may be the last record
   */
  static JournalScan of(DiskFile file, StoreId store, long begin) throws IOException {
    JournalScan scan = new JournalScan(file, store);
    scan.run(begin);
    return scan;
  }

  private void run(long begin) throws IOException {
    long at = begin;
    for (PageRecord next = next(at); next != null; next = next(at)) {
      if (next.at() > at) {
        damages.add(
            new CorruptStoreException(
                file.name(),
                at,
                "what stands before the record of checkpoint " + next.checkpoint()));
      }
      records.add(next);
      at = next.end();
      unreadable = null;
    }
    if (unreadable != null) {
      throw new IOException(
          "%s cannot be read at byte %d or behind it, so nobody knows whether the last checkpoint"
                  .formatted(file.name(), at)
              + " is there; nothing was changed. Try again, and when it stays so, copy the store to"
              + " a sound disk and use it there: "
              + unreadable.getMessage(),
          unreadable);
    }
  }

  /** Ascending. */
  List<PageRecord> records() {
    return records;
  }

  /** What stands where a record should be, before a sound one. */
  List<CorruptStoreException> damages() {
    return damages;
  }

  private @Nullable PageRecord next(long at) throws IOException {
    PageRecord found = recordAt(at);
    long place = at;
    while (found == null && place >= 0) {
      place = magicFrom(place + PAGE_BYTES);
      found = place < 0 ? null : recordSoughtAt(place);
    }
    return found;
  }

  /**
   * Behind a torn record there are its pages, and among them what users have written: that of
   * another store or a newer format nobody is to be kept out by, nor by a record of no pages, which
   * a checkpoint does not write and a single page can be.
   */
  private @Nullable PageRecord recordSoughtAt(long at) throws IOException {
    try {
      PageRecord found = recordAt(at);
      return found != null && found.pages() > 0 ? found : null;
    } catch (CorruptStoreException | FormatTooNewException e) {
      Logger.debug("{} at byte {}: {}", file.name(), at, e.getMessage());
      return null;
    }
  }

  /** What an overwritten journal still holds of older checkpoints does not count. */
  private @Nullable PageRecord recordAt(long at) throws IOException {
    try {
      PageRecord found = PageRecord.read(file, at, store);
      return found != null && found.checkpoint() > last() ? found : null;
    } catch (CorruptStoreException | FormatTooNewException e) {
      throw e;
    } catch (IOException e) {
      unreadable = e;
      return null;
    }
  }

  private long last() {
    return records.isEmpty() ? -1 : records.get(records.size() - 1).checkpoint();
  }

  /** The next page that begins as a record does, or -1. */
  private long magicFrom(long from) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
    long length = file.length();
    for (long at = from; at < length; at += READ_BYTES) {
      read(at, buffer.clear());
      for (int within = 0; within + Long.BYTES <= buffer.position(); within += PAGE_BYTES) {
        if (buffer.getLong(within) == PageFormat.JOURNAL_MAGIC) {
          return at + within;
        }
      }
    }
    return -1;
  }

  /** Pages that cannot be read stay as zeros. */
  private void read(long at, ByteBuffer target) throws IOException {
    try {
      file.read(at, target);
    } catch (IOException e) {
      target.clear().put(new byte[READ_BYTES]).clear();
      long end = Math.min(READ_BYTES, file.length() - at);
      for (int within = 0; within < end; within += PAGE_BYTES) {
        try {
          file.read(at + within, target.slice(within, PAGE_BYTES));
        } catch (IOException page) {
          unreadable = page;
        }
      }
      target.position((int) end);
    }
  }
}
