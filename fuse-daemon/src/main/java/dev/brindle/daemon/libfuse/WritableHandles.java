package dev.brindle.daemon.libfuse;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which nodes are open for writing. Only they can have dirty pages: a shared mapping keeps its file
 * open, and the kernel writes back what is dirty when the mapping ends.
 */
final class WritableHandles {
  private final Map<Long, Long> nodes = new ConcurrentHashMap<>();

  void opened(long handle, long node) {
    nodes.put(handle, node);
  }

  void released(long handle) {
    nodes.remove(handle);
  }

  Set<Long> nodes() {
    return new HashSet<>(nodes.values());
  }
}
