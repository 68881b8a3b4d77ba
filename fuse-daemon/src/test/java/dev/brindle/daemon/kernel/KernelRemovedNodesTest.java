package dev.brindle.daemon.kernel;

import dev.brindle.daemon.RemovedNodesContract;
import dev.brindle.daemon.transport.Transport;

/** What is removed while a process has it, through the kernel transport. */
class KernelRemovedNodesTest extends RemovedNodesContract {
  @Override
  protected Transport transport() {
    return KernelTransport.create(100);
  }
}
