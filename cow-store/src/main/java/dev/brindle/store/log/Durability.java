package dev.brindle.store.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How far the log is written and how far it is durable. Callers of {@link #sync} that come while
 * one is going on wait for it and share the next one.
 */
final class Durability {
  private final OpenSegments files;
  private final Poison poison;
  private final ReentrantLock syncing = new ReentrantLock();

  @GuardedBy("this")
  private SegmentFile head;

  /** Sealed, checksum pages written, not synced since; in the order of the log. */
  @GuardedBy("this")
  private final List<SegmentFile> sealed = new ArrayList<>();

  @GuardedBy("this")
  private long written;

  private volatile long durable;

  private record Target(long position, SegmentFile head, List<SegmentFile> sealed) {}

  /**
   * @param durable everything before it is known to be durable
   * @param sealed acquired by the caller, released here
   */
  Durability(
      OpenSegments files,
      Poison poison,
      SegmentFile head,
      List<SegmentFile> sealed,
      long written,
      long durable) {
    this.files = files;
    this.poison = poison;
    this.head = head;
    this.sealed.addAll(sealed);
    this.written = written;
    this.durable = durable;
  }

  synchronized void wrote(long position) {
    written = position;
  }

  synchronized long written() {
    return written;
  }

  /** The head was sealed and another segment has taken its place. */
  synchronized void rolled(SegmentFile newHead, long position) {
    sealed.add(head);
    head = newHead;
    written = position;
  }

  /** Returns when everything before the position is durable. */
  void sync(long position) throws IOException {
    if (durable >= position) {
      return;
    }
    syncing.lock();
    try {
      if (durable >= position) {
        return;
      }
      poison.check();
      syncWritten(position);
    } finally {
      syncing.unlock();
    }
  }

  private void syncWritten(long position) throws IOException {
    Target target = target();
    if (target.position < position) {
      throw new IllegalStateException(
          "sync of %d, but the log ends at %d".formatted(position, target.position));
    }
    try {
      for (SegmentFile file : target.sealed) {
        file.file().sync();
      }
      target.head.file().sync();
    } catch (IOException | RuntimeException e) {
      poison.set(e);
      throw e;
    }
    durable = target.position;
    synchronized (this) {
      sealed.removeAll(target.sealed);
    }
    for (SegmentFile file : target.sealed) {
      files.release(file);
    }
  }

  private synchronized Target target() {
    return new Target(written, head, List.copyOf(sealed));
  }
}
