package dev.brindle.namespace;

import java.io.IOException;

/**
 * What the kernel keeps of writes that it has acknowledged and not yet handed on: the dirty pages
 * of shared mappings, and with writeback caching every write. A snapshot includes them, so they are
 * asked for before it is taken.
 */
@FunctionalInterface
public interface KernelCache {
  /** A kernel that keeps nothing back. */
  KernelCache NONE = () -> {};

  /**
   * Returns when everything that was acknowledged before the call has reached the file system. The
   * writes come as requests of other threads meanwhile, so the caller holds no lock.
   */
  void writeBack() throws IOException;
}
