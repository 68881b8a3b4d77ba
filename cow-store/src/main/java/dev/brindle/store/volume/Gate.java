package dev.brindle.store.volume;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * What every operation that changes trees passes, many at a time; and what is closed for a moment
 * of memory work (never I/O) when all trees must stand still together: a checkpoint's freeze, a new
 * snapshot or clone, the last step of a version's deletion.
 */
final class Gate {
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  Lock shared() {
    return lock.readLock();
  }

  Lock exclusive() {
    return lock.writeLock();
  }
}
