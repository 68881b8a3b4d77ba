package dev.brindle.daemon.serve;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which nodes are open for writing, and when pages of them last came from the kernel. Only they can
 * have dirty ones: a shared mapping keeps its file open, and the kernel writes back what is dirty
 * when the mapping ends.
 */
public final class WritableHandles {
  private final Map<Long, Long> nodes = new ConcurrentHashMap<>();
  private final Map<Long, Long> pagesCameNanos = new ConcurrentHashMap<>();

  public void opened(long handle, long node) {
    nodes.put(handle, node);
  }

  public void released(long handle) {
    Long node = nodes.remove(handle);
    if (node != null && pagesCameNanos.containsKey(node) && !isOpen(node)) {
      pagesCameNanos.remove(node);
    }
  }

  /** The kernel has handed on what was written before. */
  public void pagesCame(long node) {
    pagesCameNanos.put(node, System.nanoTime());
  }

  /**
   * @param nanos a value of {@link System#nanoTime}
   */
  public boolean havePagesComeSince(long node, long nanos) {
    Long came = pagesCameNanos.get(node);
    return came != null && came - nanos >= 0;
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
