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

  /** The next group's number. */
  @GuardedBy("this")
  private long groups;

  private volatile long durable;
  private volatile long durableGroups;

  private record Target(long position, long groups, SegmentFile head, List<SegmentFile> sealed) {}

  /**
   * @param start where what is known to be durable ends
   * @param sealed acquired by the caller, released here
   */
  Durability(
      OpenSegments files,
      Poison poison,
      SegmentFile head,
      List<SegmentFile> sealed,
      long written,
      long groups,
      LogState start) {
    this.files = files;
    this.poison = poison;
    this.head = head;
    this.sealed.addAll(sealed);
    this.written = written;
    this.groups = groups;
    this.durable = start.position().address();
    this.durableGroups = start.sequence();
  }

  /**
   * @param position the end of the group
   * @param nextGroup the number of the next one
   */
  synchronized void wrote(long position, long nextGroup) {
    written = position;
    groups = nextGroup;
  }

  /** The number before which all groups are durable. */
  long durableGroups() {
    return durableGroups;
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
    } catch (IOException | RuntimeException | Error e) {
      poison.set(e);
      throw e;
    }
    durable = target.position;
    durableGroups = target.groups;
    synchronized (this) {
      sealed.removeAll(target.sealed);
    }
    for (SegmentFile file : target.sealed) {
      files.release(file);
    }
  }

  private synchronized Target target() {
    return new Target(written, groups, head, List.copyOf(sealed));
  }
}
