package dev.brindle.daemon.kernel;

import dev.brindle.daemon.ThrowingOperationsContract;
import dev.brindle.daemon.transport.Transport;

/** What a file system throws, through the kernel transport. */
class KernelThrowingOperationsTest extends ThrowingOperationsContract {
  @Override
  protected Transport transport() {
    return KernelTransport.create(100);
  }
}
