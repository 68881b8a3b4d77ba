package dev.brindle.store.disk;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of an {@link OverlayDisk}: pages that were written, over the file of the disk below. What
 * is written over itself takes no memory.
 */
final class OverlayFile implements DiskFile {
  private static final int PAGE_BYTES = 4096;

  /** Null for a file that was made here. */
  private final @Nullable DiskFile below;

  /** How often it is open; the disk's. */
  int handles;

  private volatile String name;
  private volatile boolean changed;

  @GuardedBy("this")
  private final Map<Long, byte[]> pages = new HashMap<>();

  /** So much of the file below is not cut off. */
  @GuardedBy("this")
  private long belowBytes;

  @GuardedBy("this")
  private long length;

  /** An empty file. */
  OverlayFile(String name) {
    this.name = name;
    this.below = null;
    this.changed = true;
  }

  OverlayFile(DiskFile below) throws IOException {
    this.name = below.name();
    this.below = below;
    this.belowBytes = below.length();
    this.length = belowBytes;
  }

  /** Whether it differs from what stands below by its name. */
  boolean isChanged() {
    return changed;
  }

  void rename(String to) {
    name = to;
    changed = true;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int read(long offset, ByteBuffer target) throws IOException {
    return below == null || changed ? readPages(offset, target) : below.read(offset, target);
  }

  private synchronized int readPages(long offset, ByteBuffer target) throws IOException {
    int total = (int) Math.max(0, Math.min(target.remaining(), length - offset));
    for (int done = 0; done < total; ) {
      int skip = (int) ((offset + done) % PAGE_BYTES);
      int bytes = Math.min(PAGE_BYTES - skip, total - done);
      target.put(page((offset + done) / PAGE_BYTES), skip, bytes);
      done += bytes;
    }
    return total;
  }

  /** A page's bytes, with zeros behind the end; not to be changed. */
  @GuardedBy("this")
  private byte[] page(long number) throws IOException {
    byte[] written = pages.get(number);
    if (written != null) {
      return written;
    }
    byte[] page = new byte[PAGE_BYTES];
    long start = number * PAGE_BYTES;
    if (below != null && start < belowBytes) {
      int bytes = (int) Math.min(PAGE_BYTES, belowBytes - start);
      below.read(start, ByteBuffer.wrap(page, 0, bytes));
    }
    return page;
  }

  @Override
  public void startRead(long offset, long bytes) {
    if (below != null) {
      below.startRead(offset, bytes);
    }
  }

  @Override
  public synchronized void write(long offset, ByteBuffer source) throws IOException {
    long at = offset;
    while (source.hasRemaining()) {
      int skip = (int) (at % PAGE_BYTES);
      int bytes = Math.min(PAGE_BYTES - skip, source.remaining());
      writePage(at / PAGE_BYTES, skip, bytes, source);
      at += bytes;
    }
    setLength(Math.max(length, at));
  }

  @GuardedBy("this")
  private void writePage(long number, int skip, int bytes, ByteBuffer source) throws IOException {
    byte @Nullable [] before = pageBefore(number, bytes == PAGE_BYTES);
    byte[] after = before == null ? new byte[PAGE_BYTES] : before.clone();
    source.get(after, skip, bytes);
    if (!Arrays.equals(before, after)) {
      pages.put(number, after);
      changed = true;
    }
  }

  /** Null for a page that cannot be read and need not be, since all of it is written. */
  @GuardedBy("this")
  private byte @Nullable [] pageBefore(long number, boolean whole) throws IOException {
    try {
      return page(number);
    } catch (IOException e) {
      if (whole) {
        return null;
      }
      throw e;
    }
  }

  @GuardedBy("this")
  private void setLength(long newLength) {
    if (newLength != length) {
      length = newLength;
      changed = true;
    }
  }

  /** There is nothing that would survive the process. */
  @Override
  public void sync() {}

  @Override
  public synchronized void allocate(long offset, long bytes) {
    setLength(Math.max(length, offset + bytes));
  }

  @Override
  public synchronized long length() {
    return length;
  }

  @Override
  public synchronized void truncate(long newLength) {
    belowBytes = Math.min(belowBytes, newLength);
    pages.keySet().removeIf(number -> number * PAGE_BYTES >= newLength);
    byte[] last = pages.get(newLength / PAGE_BYTES);
    if (last != null) {
      Arrays.fill(last, (int) (newLength % PAGE_BYTES), PAGE_BYTES, (byte) 0);
    }
    setLength(newLength);
  }

  @Override
  public void close() throws IOException {
    if (below != null) {
      below.close();
    }
  }
}
