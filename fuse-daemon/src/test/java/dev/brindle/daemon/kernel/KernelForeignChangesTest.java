package dev.brindle.daemon.kernel;

import dev.brindle.daemon.ForeignChangesContract;
import dev.brindle.daemon.transport.Transport;

/** Changes of others between two requests, through the kernel transport. */
class KernelForeignChangesTest extends ForeignChangesContract {
  @Override
  protected Transport transport() {
    return KernelTransport.create(0);
  }
}
