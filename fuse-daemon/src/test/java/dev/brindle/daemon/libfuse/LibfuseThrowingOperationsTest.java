package dev.brindle.daemon.libfuse;

import dev.brindle.daemon.ThrowingOperationsContract;
import dev.brindle.daemon.transport.Transport;
import java.io.IOException;

/** What a file system throws, through libfuse. */
class LibfuseThrowingOperationsTest extends ThrowingOperationsContract {
  @Override
  protected Transport transport() throws IOException {
    return LibfuseTransport.load();
  }
}
