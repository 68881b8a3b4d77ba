package dev.brindle.daemon.libfuse;

import dev.brindle.daemon.TwoMountsContract;
import dev.brindle.daemon.transport.Transport;
import java.io.IOException;

/** Two mounts of one file system, through libfuse. */
class LibfuseTwoMountsTest extends TwoMountsContract {
  @Override
  protected Transport transport() throws IOException {
    return LibfuseTransport.load();
  }
}
