package dev.brindle.store.log;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/** The log's reading side: the append that is going on first, then the files, which are pinned. */
final class LogReads {
  private static final long RETRY_NANOS = 50_000;

  private final BlockReader reader;
  private final ReentrantReadWriteLock pins = new ReentrantReadWriteLock();
  private final Pin pin = new Pin(pins.readLock());
  private volatile @Nullable InFlight inFlight;

  LogReads(BlockReader reader) {
    this.reader = reader;
  }

  /** Sets what is readable from memory; null once the files have it. */
  void setInFlight(@Nullable InFlight data) {
    inFlight = data;
  }

  Pin pin() {
    pins.readLock().lock();
    return pin;
  }

  boolean isPinnedByThisThread() {
    return pins.getReadHoldCount() > 0;
  }

  /** The side of the pin that a cleaner takes to replace or delete a file. */
  Lock exclusive() {
    return pins.writeLock();
  }

  void read(long address, int skipBytes, int lengthBytes, ByteBuffer target) throws IOException {
    if (readInFlight(address, skipBytes, lengthBytes, target)) {
      return;
    }
    pinWithoutQueue();
    try {
      reader.read(address, skipBytes, lengthBytes, target);
    } finally {
      pins.readLock().unlock();
    }
  }

  void readPastCache(long address, int blocks, ByteBuffer target) throws IOException {
    if (readInFlight(address, 0, blocks * LogFormat.BLOCK_BYTES, target)) {
      return;
    }
    pinWithoutQueue();
    try {
      reader.readDirect(address, blocks, target);
    } finally {
      pins.readLock().unlock();
    }
  }

  /** What an append that is going on has is not in the file, and fails. */
  void readAmong(long address, BitSet wanted, ByteBuffer target) throws IOException {
    pinWithoutQueue();
    try {
      reader.readAmong(address, wanted, target);
    } finally {
      pins.readLock().unlock();
    }
  }

  /**
   * Takes the pin past a cleaner that waits for it. A reader may hold locks that come later in the
   * order; the cleaner itself waits for nothing while it has the pin exclusively.
   */
  private void pinWithoutQueue() {
    while (!pins.readLock().tryLock()) {
      LockSupport.parkNanos(RETRY_NANOS);
    }
  }

  /**
   * Copies from the append that is going on. The bytes count only if it is still going on after
   * that: its owner may use the buffers again when it has ended, and then the file has them.
   */
  private boolean readInFlight(long address, int skipBytes, int lengthBytes, ByteBuffer target) {
    long first = address + skipBytes / LogFormat.BLOCK_BYTES;
    int position = target.position();
    for (InFlight current = inFlight;
        current != null && current.contains(first);
        current = inFlight) {
      target.position(position);
      current.copy(first, skipBytes % LogFormat.BLOCK_BYTES, lengthBytes, target);
      VarHandle.loadLoadFence();
      if (inFlight == current) {
        return true;
      }
    }
    target.position(position);
    return false;
  }
}
