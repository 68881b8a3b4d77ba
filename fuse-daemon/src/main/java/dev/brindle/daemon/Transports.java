package dev.brindle.daemon;

import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.kernel.KernelTransport;
import dev.brindle.daemon.libfuse.LibfuseTransport;
import dev.brindle.daemon.transport.MountException;
import dev.brindle.daemon.transport.Transport;
import dev.brindle.daemon.transport.TransportSettings;

/** Makes the transport that was asked for. */
final class Transports {
  private Transports() {}

  /**
   * @throws MountException when it is not to be had on this host
   */
  static Transport load(TransportSettings settings) throws MountException {
    return switch (settings.kind()) {
      case LIBFUSE -> LibfuseTransport.load();
      case KERNEL -> {
        if (Host.current() != Host.LINUX) {
          throw new MountException(
              "the kernel's own protocol is spoken on Linux only: mount with --transport=libfuse");
        }
        yield KernelTransport.create(settings.pollMicros());
      }
    };
  }
}
