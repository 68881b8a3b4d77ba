package dev.brindle.daemon.kernel;

import dev.brindle.daemon.TwoMountsContract;
import dev.brindle.daemon.transport.Transport;

/** Two mounts of one file system, through the kernel transport. */
class KernelTwoMountsTest extends TwoMountsContract {
  @Override
  protected Transport transport() {
    return KernelTransport.create(100);
  }
}
