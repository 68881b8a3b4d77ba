package dev.brindle.daemon.libfuse;

import dev.brindle.daemon.ForeignChangesContract;
import dev.brindle.daemon.transport.Transport;
import java.io.IOException;

/** Changes of others between two requests, through libfuse. */
class LibfuseForeignChangesTest extends ForeignChangesContract {
  @Override
  protected Transport transport() throws IOException {
    return LibfuseTransport.load();
  }
}
