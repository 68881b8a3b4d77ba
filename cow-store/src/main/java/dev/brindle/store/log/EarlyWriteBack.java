package dev.brindle.store.log;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Has the host write long groups to the disk while more of them come. By itself it would begin
 * after half a minute, or when the sync comes, which then takes as long as all of it takes to
 * write.
 *
 * <p>By a thread of its own: a disk that is slower than what is appended makes this one wait, and
 * not the appends, which end in the host's memory. Short groups are left out: a sync comes soon, or
 * what they hold may be gone before it does.
 */
final class EarlyWriteBack {
  /** A MiB. */
  static final int GROUP_BLOCKS_MIN = 256;

  private record Range(SegmentFile file, long from, long to) {
    void start() {
      file.file().startWriteBack(from, to - from);
    }
  }

  /** At most one for each segment, in their order. */
  @GuardedBy("this")
  private final Deque<Range> waiting = new ArrayDeque<>();

  @GuardedBy("this")
  private boolean running;

  /** From now on there is a thread that runs this. */
  synchronized void begin() {
    running = true;
  }

  /** Has the thread end; what it has not begun is left to the host. */
  synchronized void end() {
    running = false;
    waiting.clear();
    notifyAll();
  }

  /** A group was written. */
  synchronized void appended(SegmentFile file, int block, int blocks) {
    if (!running || blocks < GROUP_BLOCKS_MIN) {
      return;
    }
    Range last = waiting.peekLast();
    long from = file.offset(block);
    if (last != null && last.file.number() == file.number()) {
      from = last.from;
      waiting.removeLast();
    }
    waiting.addLast(new Range(file, from, file.offset(block + blocks)));
    notifyAll();
  }

  /** What the thread does until {@link #end}. */
  void run() {
    try {
      for (Range range = take(); range != null; range = take()) {
        range.start();
      }
    } finally {
      end();
    }
  }

  /** Null at the end. */
  private synchronized @Nullable Range take() {
    try {
      while (running && waiting.isEmpty()) {
        wait();
      }
    } catch (InterruptedException e) {
      return null;
    }
    return waiting.pollFirst();
  }
}
