package dev.brindle.store.volume;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;

/**
 * The redo operations that are not in the log, oldest first. Those of before a checkpoint's freeze
 * are kept apart until that checkpoint is durable, and then dropped: until then an {@code fsync}
 * must still be able to write them.
 */
final class PendingRedo {
  @GuardedBy("this")
  private List<byte[]> frozen = List.of();

  @GuardedBy("this")
  private List<byte[]> recent = new ArrayList<>();

  @GuardedBy("this")
  private long bytes;

  /** Called under the lock that orders the operation among the others on the same trees. */
  synchronized void add(byte[] operation) {
    recent.add(operation);
    bytes += operation.length;
  }

  /** What waits, in bytes. */
  synchronized long bytes() {
    return bytes;
  }

  /** Takes everything, to be written to the log; under the log's append mutex. */
  synchronized List<byte[]> take() {
    List<byte[]> all = recent;
    if (!frozen.isEmpty()) {
      all = new ArrayList<>(frozen);
      all.addAll(recent);
    }
    frozen = List.of();
    recent = new ArrayList<>();
    bytes = 0;
    return all;
  }

  /** The checkpoint's freeze; under the log's append mutex and the gate, exclusively. */
  synchronized void freeze() {
    if (!frozen.isEmpty()) {
      throw new IllegalStateException("the checkpoint before is not durable");
    }
    frozen = recent;
    recent = new ArrayList<>();
  }

  /** The checkpoint is durable: what was frozen is in the index. */
  synchronized void dropFrozen() {
    for (byte[] operation : frozen) {
      bytes -= operation.length;
    }
    frozen = List.of();
  }
}
