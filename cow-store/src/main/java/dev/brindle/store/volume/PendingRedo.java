package dev.brindle.store.volume;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.brindle.store.log.Log;
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
    bytes += bytesOf(operation);
  }

  private static long bytesOf(byte[] operation) {
    return operation.length + Log.REDO_FRAME_BYTES;
  }

  /** What waits, in bytes of the log. */
  synchronized long bytes() {
    return bytes;
  }

  /**
   * Takes the oldest, to be written to the log; under the log's append mutex.
   *
   * @param bytesMax as {@link #bytes}: all that waited when it was no more than this is taken
   */
  synchronized List<byte[]> take(long bytesMax) {
    List<byte[]> all = new ArrayList<>(frozen);
    all.addAll(recent);
    int count = 0;
    long taken = 0;
    while (count < all.size() && taken + bytesOf(all.get(count)) <= bytesMax) {
      taken += bytesOf(all.get(count));
      count++;
    }
    int ofFrozen = Math.min(count, frozen.size());
    frozen = List.copyOf(frozen.subList(ofFrozen, frozen.size()));
    recent = new ArrayList<>(recent.subList(count - ofFrozen, recent.size()));
    bytes -= taken;
    return all.subList(0, count);
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
      bytes -= bytesOf(operation);
    }
    frozen = List.of();
  }
}
