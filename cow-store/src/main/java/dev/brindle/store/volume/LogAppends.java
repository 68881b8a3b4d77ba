package dev.brindle.store.volume;

import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.disk.DiskFullException;
import dev.brindle.store.log.Append;
import dev.brindle.store.log.Log;
import dev.brindle.store.log.LogPosition;
import java.io.IOException;
import java.util.List;

/**
 * Appends to the log: with the redo that waits, refused as system calls are where there is no room,
 * and reported where the log fails, which makes the store read-only.
 */
final class LogAppends {
  private static final int REDO_SLACK_BYTES = 64 << 10;

  /** Of a page in the middle of an extent: three items, what is allocated and what is freed. */
  private static final int REDO_BYTES_PER_PAGE = 256;

  private final Log log;
  private final PendingRedo pending;
  private final WriteFault fault;
  private final SpaceGuard space;

  LogAppends(Log log, PendingRedo pending, WriteFault fault, SpaceGuard space) {
    this.log = log;
    this.pending = pending;
    this.fault = fault;
    this.space = space;
  }

  /**
   * Begins an append to the log.
   *
   * @throws FileSystemException ENOSPC, EDQUOT or, after a fault, EIO, before anything has changed
   */
  Append begin(int dataBlocks, boolean withRedo) throws IOException {
    fault.refuseSync();
    Append append = beginInLog(dataBlocks, withRedo);
    try {
      // the append before may have failed half-way, with its redo among what waits
      fault.refuseSync();
      return append;
    } catch (FileSystemException e) {
      append.close();
      throw e;
    }
  }

  private Append beginInLog(int dataBlocks, boolean withRedo) throws IOException {
    try {
      return log.begin(dataBlocks, () -> withRedo ? redoBytes(dataBlocks) : 0);
    } catch (DiskFullException e) {
      reportLogFailure();
      Errno errno = e.isQuota() ? Errno.EDQUOT : Errno.ENOSPC;
      if (e.isQuota()) {
        space.refusedBy(errno);
      }
      throw new FileSystemException(errno, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      reportLogFailure();
      // whoever waits for this to be flushed would wait for ever
      fault.report("making room in the log", e);
      throw e;
    }
  }

  /** At most, with the redo of the pages themselves. */
  private int redoBytes(int pages) {
    return (int) pending.bytes() + REDO_SLACK_BYTES + pages * REDO_BYTES_PER_PAGE;
  }

  /** What poisoned the log makes the store read-only, and its status says so. */
  private void reportLogFailure() {
    Throwable cause = log.failure();
    if (cause != null) {
      fault.report("a write to the log", cause);
    }
  }

  /** The most pages that one append takes. */
  int blocksMax() {
    return Math.min(Extent.BLOCKS_MAX, log.dataBlocksMax());
  }

  /**
   * Writes what was placed in an append, and the redo that waits; of it no more than there is room
   * for, when others have added much since the append began.
   */
  void write(Append append, boolean withRedo) throws IOException {
    try {
      append.write(withRedo ? pending.take(append.redoBytes()) : List.of());
    } catch (IOException | RuntimeException | Error e) {
      fault.report("a write to the log", e);
      throw e;
    }
  }

  /** Makes everything durable that is in the log or waits to be. */
  void persist() throws IOException {
    LogPosition end = writeRedo();
    try {
      log.sync(end);
    } catch (IOException | RuntimeException | Error e) {
      fault.report("a sync of the log", e);
      throw e;
    }
  }

  /** Writes the redo that waits to the log. */
  LogPosition writeRedo() throws IOException {
    try (Append append = begin(0, true)) {
      write(append, true);
      return log.position();
    }
  }
}
