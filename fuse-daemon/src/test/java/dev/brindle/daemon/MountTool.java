package dev.brindle.daemon;

import dev.brindle.daemon.libfuse.LibfuseTransport;
import dev.brindle.daemon.transport.TransportOptions;
import java.nio.file.Path;
import java.time.Duration;

/** Mounts a {@link MemoryFileSystem} until it is unmounted: for measuring by hand. */
public final class MountTool {
  private MountTool() {}

  public static void main(String[] args) throws Exception {
    LibfuseTransport.load()
        .mount(new MemoryFileSystem(), TransportOptions.of(Path.of(args[0]), "brindle:memory:m"))
        .awaitEnd(Duration.ofDays(1));
  }
}
