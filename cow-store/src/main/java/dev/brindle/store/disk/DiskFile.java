package dev.brindle.store.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of the store. Safe for any number of threads; offsets and lengths in bytes. */
public interface DiskFile extends Closeable {
  /** Relative to the store's directory, for messages. */
  String name();

  /**
   * Fills the target's remaining space.
   *
   * @return the bytes read: fewer than asked only at the file's end, 0 behind it
   */
  int read(long offset, ByteBuffer target) throws IOException;

  /**
   * Has the host begin to read a range from the disk, and no more than that, so that reading it
   * piece by piece has less to wait for: {@code posix_fadvise(2)}. A hint: it promises nothing and
   * never fails.
   */
  default void startRead(long offset, long length) {}

  /**
   * Writes all of the source's remaining bytes.
   *
   * @throws DiskFullException the host has no space (ENOSPC) or no quota (EDQUOT) left
   */
  void write(long offset, ByteBuffer source) throws IOException;

  /** Makes what was written durable: {@code fdatasync(2)}. */
  void sync() throws IOException;

  /**
   * Has the host begin to write a range to the disk, so that a later {@link #sync} has less to wait
   * for: {@code sync_file_range(2)}. Waits where the disk has much to do already. A hint: it
   * promises nothing and never fails.
   */
  default void startWriteBack(long offset, long length) {}

  /**
   * Reserves space, so that no later write into the range runs out of it: {@code fallocate(2)}.
   * Extends the file when the range ends behind it; what was there stays. Not to be called while
   * another thread writes into the range.
   *
   * @throws DiskFullException
   */
  void allocate(long offset, long length) throws IOException;

  long length() throws IOException;

  void truncate(long length) throws IOException;
}
