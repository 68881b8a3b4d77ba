package dev.brindle.daemon.kernel;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Appends past the page cache (O_APPEND with O_DIRECT). The kernel sends a long one as several
 * requests at a time (ASYNC_DIO), each with the place that it takes for its own, and workers handle
 * them at a time: each waits here for those before it. The kernel makes one append to a file after
 * another; another mount may move the end in between.
 */
final class DirectAppends {
  /** A part that was received may not have come here yet, when the file does not reach to it. */
  private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** The same, when its place is taken: another mount appends, and a gap tells nothing. */
  private static final long TAKEN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private static final int FAILED_MAX = 1_024;

  private static final long WAIT_MILLIS = 1;

  /** A file's size now, or an append to it, which returns where the bytes went. */
  interface Step {
    long run() throws IOException;
  }

  /** Of one file. */
  private static final class UnderWay {
    final List<Long> offsets = new ArrayList<>();

    /** The first part that failed. */
    long failed = Long.MAX_VALUE;

    boolean hasBefore(long offset) {
      return offsets.stream().anyMatch(other -> other < offset);
    }
  }

  @GuardedBy("this")
  private final Map<Long, UnderWay> files = new HashMap<>();

  private final long lateNanos;
  private final long takenNanos;

  /** Where an append to a file failed a moment ago: later parts of it may yet come. */
  private final Cache<Long, Long> failures;

  DirectAppends() {
    this(LATE_NANOS, TAKEN_NANOS, 2 * LATE_NANOS);
  }

  /**
   * @param lateNanos how long a part that the file does not reach waits for one before it
   * @param takenNanos how long a part whose place is taken waits for one before it
   * @param failedNanos how long a failure is remembered
   */
  DirectAppends(long lateNanos, long takenNanos, long failedNanos) {
    this.lateNanos = lateNanos;
    this.takenNanos = takenNanos;
    failures =
        Caffeine.newBuilder()
            .maximumSize(FAILED_MAX)
            .expireAfterWrite(failedNanos, TimeUnit.NANOSECONDS)
            .build();
  }

  /**
   * Appends when what comes before has been.
   *
   * @param offset where the kernel takes the bytes to go
   * @return where they went
   * @throws FileSystemException EIO when a part before failed: bytes behind a gap are not wanted
   */
  long append(long node, long offset, Step size, Step append) throws IOException {
    UnderWay others = begin(node, offset);
    boolean done = false;
    try {
      awaitThoseBefore(node, others, offset, size);
      long place = append.run();
      done = true;
      return place;
    } finally {
      end(node, offset, done);
    }
  }

  private synchronized UnderWay begin(long node, long offset) {
    UnderWay file = files.computeIfAbsent(node, absent -> new UnderWay());
    file.offsets.add(offset);
    return file;
  }

  private synchronized void end(long node, long offset, boolean done) {
    UnderWay file = files.get(node);
    if (file == null) {
      throw new IllegalStateException("no append to " + node + " is under way");
    }
    file.offsets.remove(offset);
    if (done) {
      failures.asMap().remove(node, offset);
    } else {
      file.failed = Math.min(file.failed, offset);
      failures.put(node, file.failed);
    }
    if (file.offsets.isEmpty()) {
      files.remove(node);
    }
    notifyAll();
  }

  private void awaitThoseBefore(long node, UnderWay others, long offset, Step size)
      throws IOException {
    long start = System.nanoTime();
    boolean isNext = false;
    while (!isNext) {
      long end = size.run();
      synchronized (this) {
        if (others.failed < offset) {
          throw partFailed();
        }
        // when none comes in time there is none: another mount has cut the file, or appended
        long patience = end == offset ? 0 : end < offset ? lateNanos : takenNanos;
        isNext = !others.hasBefore(offset) && System.nanoTime() - start >= patience;
        if (!isNext) {
          pause();
        } else if (end < offset && hasFailedBefore(node, offset)) {
          throw partFailed();
        }
      }
    }
  }

  private static FileSystemException partFailed() {
    return new FileSystemException(Errno.EIO, "a part of the same append failed");
  }

  private boolean hasFailedBefore(long node, long offset) {
    Long failed = failures.getIfPresent(node);
    return failed != null && failed < offset;
  }

  @GuardedBy("this")
  private void pause() throws IOException {
    try {
      wait(WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FileSystemException(Errno.EINTR);
    }
  }
}
