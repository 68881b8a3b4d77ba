package dev.brindle.daemon.kernel;

import dev.brindle.daemon.MountContract;
import dev.brindle.daemon.MountedMemory;
import dev.brindle.daemon.transport.CachingOptions;
import dev.brindle.daemon.transport.Transport;

/**
 * The contract of a mount, through the kernel transport; the kernel remembers what it can, writes
 * too.
 */
class KernelMountTest extends MountContract {
  @Override
  protected Transport transport() {
    return KernelTransport.create(100);
  }

  @Override
  protected CachingOptions caching() {
    return MountedMemory.LASTING.withWrites(true);
  }
}
