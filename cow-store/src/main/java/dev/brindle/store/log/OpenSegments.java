package dev.brindle.store.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.StoreId;
import dev.brindle.store.disk.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The segment files that are open: those in use, and the ones used last up to a bound on
 * descriptors.
 */
final class OpenSegments implements Closeable {
  private static final int OPEN_MAX = 256;

  private static final class Entry {
    final SegmentFile file;
    int users;

    Entry(SegmentFile file) {
      this.file = file;
    }
  }

  private final Disk disk;
  private final StoreId store;
  private final int segmentBlocks;

  @GuardedBy("this")
  private final Map<Long, Entry> byNumber = new LinkedHashMap<>(64, 0.75f, true);

  /** Replaced while in use; closed by the last user. */
  @GuardedBy("this")
  private final List<Entry> replaced = new ArrayList<>();

  OpenSegments(Disk disk, StoreId store, int segmentBlocks) {
    this.disk = disk;
    this.store = store;
    this.segmentBlocks = segmentBlocks;
  }

  /** A file that stays open until it is released. */
  synchronized SegmentFile acquire(long number) throws IOException {
    Entry entry = byNumber.get(number);
    if (entry == null) {
      entry = new Entry(SegmentFile.open(disk, store, number, segmentBlocks, Disk.OpenMode.READ));
      byNumber.put(number, entry);
      entry.users++;
      closeUnused();
    } else {
      entry.users++;
    }
    return entry.file;
  }

  /** Takes in a file that the caller opened, acquired once. */
  synchronized void register(SegmentFile file) throws IOException {
    remove(file.number());
    Entry entry = new Entry(file);
    entry.users = 1;
    byNumber.put(file.number(), entry);
    closeUnused();
  }

  synchronized void release(SegmentFile file) throws IOException {
    Entry entry = byNumber.get(file.number());
    if (entry != null && entry.file == file) {
      entry.users--;
      return;
    }
    for (Iterator<Entry> i = replaced.iterator(); i.hasNext(); ) {
      Entry old = i.next();
      if (old.file == file && --old.users == 0) {
        i.remove();
        file.close();
      }
    }
  }

  /** Forgets a segment's file, because another one stands there now or none. */
  synchronized void remove(long number) throws IOException {
    Entry entry = byNumber.remove(number);
    if (entry == null) {
      return;
    }
    if (entry.users == 0) {
      entry.file.close();
    } else {
      replaced.add(entry);
    }
  }

  @GuardedBy("this")
  private void closeUnused() throws IOException {
    if (byNumber.size() <= OPEN_MAX) {
      return;
    }
    for (Iterator<Entry> i = byNumber.values().iterator(); i.hasNext(); ) {
      Entry entry = i.next();
      if (entry.users == 0) {
        i.remove();
        entry.file.close();
        return;
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    for (Entry entry : byNumber.values()) {
      entry.file.close();
    }
    byNumber.clear();
    for (Entry entry : replaced) {
      entry.file.close();
    }
    replaced.clear();
  }
}
