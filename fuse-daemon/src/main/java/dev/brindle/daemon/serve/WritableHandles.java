package dev.brindle.daemon.serve;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which nodes are open for writing. Only they can have dirty pages: a shared mapping keeps its file
 * open, and the kernel writes back what is dirty when the mapping ends.
 */
public final class WritableHandles {
  private final Map<Long, Long> nodes = new ConcurrentHashMap<>();

  public void opened(long handle, long node) {
    nodes.put(handle, node);
  }

  public void released(long handle) {
    nodes.remove(handle);
  }

  public boolean isEmpty() {
    return nodes.isEmpty();
  }

  public boolean isOpen(long node) {
    return nodes.containsValue(node);
  }

  public Set<Long> nodes() {
    return new HashSet<>(nodes.values());
  }
}
