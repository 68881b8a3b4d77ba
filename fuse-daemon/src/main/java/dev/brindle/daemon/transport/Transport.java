package dev.brindle.daemon.transport;

import dev.brindle.namespace.InodeFileSystem;
import java.io.IOException;

/** A way from the kernel to a file system. */
public interface Transport {
  /** How long the kernels of its mounts may believe what they were told. */
  default CachingOptions caching() {
    return CachingOptions.defaults();
  }

  /**
   * Mounts a file system and starts to serve it; the kernel's requests are answered from now on,
   * though none may have come yet.
   *
   * @throws MountException with a sentence for people
   */
  TransportSession mount(InodeFileSystem fileSystem, TransportOptions options) throws IOException;

  /** Whether the kernel asks for POSIX access control lists and obeys them. */
  default boolean obeysAcls() {
    return false;
  }
}
