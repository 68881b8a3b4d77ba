package dev.brindle.store.log;

import java.util.concurrent.locks.Lock;

/**
 * A shared hold on all segments: while it lasts, no file of a segment is replaced or deleted. To be
 * closed by the thread that took it.
 */
public final class Pin implements AutoCloseable {
  private final Lock shared;

  Pin(Lock shared) {
    this.shared = shared;
  }

  @Override
  public void close() {
    shared.unlock();
  }
}
