package dev.brindle.daemon.kernel;

import dev.brindle.daemon.kernel.Wire.OutHeader;
import dev.brindle.daemon.serve.NativeBuffer;

/** A request that a worker is at, for the others that ask about it. */
final class ServedRequest {
  private final long unique;
  private final int caller;
  private final Device from;
  private final boolean isAnswerableBefore;
  private volatile boolean callerGone;

  /** Only the worker itself asks. */
  private boolean begun;

  /**
   * @param caller the thread that waits
   * @param isAnswerableBefore whether it may be answered before it is done
   */
  ServedRequest(long unique, int caller, Device from, boolean isAnswerableBefore) {
    this.unique = unique;
    this.caller = caller;
    this.from = from;
    this.isAnswerableBefore = isAnswerableBefore;
  }

  long unique() {
    return unique;
  }

  int caller() {
    return caller;
  }

  /** It changes something from here on. */
  void begin() {
    begun = true;
  }

  /** Whether it has nobody who waits, and has not begun. */
  boolean isFutile() {
    return callerGone && !begun;
  }

  /**
   * The caller is being killed: the request ends where it waits for its turn, or is answered now,
   * and the worker's own answer finds nobody.
   *
   * @param memory for an answer
   */
  void letGo(NativeBuffer memory) {
    callerGone = true;
    if (isAnswerableBefore) {
      memory.bytes().putInt(OutHeader.LENGTH, OutHeader.BYTES);
      memory.bytes().putInt(OutHeader.ERROR, -Native.EINTR);
      memory.bytes().putLong(OutHeader.UNIQUE, unique);
      // when it was answered meanwhile, nobody takes this either
      from.send(memory.address(), OutHeader.BYTES);
    }
  }
}
