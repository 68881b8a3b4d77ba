package dev.brindle.store.log;

import java.util.concurrent.locks.Lock;

/** The append mutex, held without an append. To be closed by the thread that took it. */
public final class LogHold implements AutoCloseable {
  private final Lock mutex;

  LogHold(Lock mutex) {
    this.mutex = mutex;
  }

  @Override
  public void close() {
    mutex.unlock();
  }
}
