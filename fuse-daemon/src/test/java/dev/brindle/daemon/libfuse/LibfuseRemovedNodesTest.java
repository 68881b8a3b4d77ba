package dev.brindle.daemon.libfuse;

import dev.brindle.daemon.RemovedNodesContract;
import dev.brindle.daemon.transport.Transport;
import java.io.IOException;

/** What is removed while a process has it, through libfuse. */
class LibfuseRemovedNodesTest extends RemovedNodesContract {
  @Override
  protected Transport transport() throws IOException {
    return LibfuseTransport.load();
  }
}
