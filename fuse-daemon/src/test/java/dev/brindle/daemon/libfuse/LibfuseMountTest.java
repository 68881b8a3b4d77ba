package dev.brindle.daemon.libfuse;

import dev.brindle.daemon.MountContract;
import dev.brindle.daemon.transport.Transport;
import java.io.IOException;

/** The contract of a mount, through libfuse. */
class LibfuseMountTest extends MountContract {
  @Override
  protected Transport transport() throws IOException {
    return LibfuseTransport.load();
  }
}
