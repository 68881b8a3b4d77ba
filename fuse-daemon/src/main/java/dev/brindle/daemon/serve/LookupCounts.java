package dev.brindle.daemon.serve;

/**
 * How often the kernel was told of each node and has not forgotten it: the kernel says how many it
 * forgets, and at none it knows the node no more. Open addressing without objects: a node costs
 * some 24 bytes. Safe for any number of threads.
 */
public final class LookupCounts {
  private static final int STRIPES = 16;
  private static final int STRIPE_SHIFT = Long.SIZE - 4;
  private static final long HASH = 0x9E3779B97F4A7C15L;

  private final Stripe[] stripes = new Stripe[STRIPES];

  public LookupCounts() {
    for (int i = 0; i < STRIPES; i++) {
      stripes[i] = new Stripe();
    }
  }

  /** The kernel is being told of a node. */
  public void add(long node) {
    stripe(node).add(node, 1);
  }

  /**
   * The kernel forgets.
   *
   * @return whether it knows the node no more
   */
  public boolean remove(long node, long lookups) {
    return stripe(node).add(node, -lookups) == 0;
  }

  public boolean isKnown(long node) {
    return stripe(node).get(node) != 0;
  }

  /** How many nodes the kernel knows. */
  public long size() {
    long sum = 0;
    for (Stripe stripe : stripes) {
      sum += stripe.size();
    }
    return sum;
  }

  private Stripe stripe(long node) {
    return stripes[(int) (node * HASH >>> STRIPE_SHIFT)];
  }

  /** Node 0 is none, and marks a place that is free. */
  private static final class Stripe {
    private static final int CAPACITY_MIN = 64;

    private long[] nodes = new long[CAPACITY_MIN];
    private long[] counts = new long[CAPACITY_MIN];
    private int used;

    synchronized int size() {
      return used;
    }

    synchronized long get(long node) {
      return counts[find(node)];
    }

    /** Returns the sum. An answer and the forgetting of it may be noted in either order. */
    synchronized long add(long node, long change) {
      int at = find(node);
      if (nodes[at] == 0) {
        nodes[at] = node;
        used++;
      }
      long sum = counts[at] + change;
      counts[at] = sum;
      if (sum == 0) {
        removeAt(at);
      } else if (used > nodes.length / 2) {
        resize(nodes.length * 2);
      }
      return sum;
    }

    private int find(long node) {
      int at = home(node);
      while (nodes[at] != 0 && nodes[at] != node) {
        at = at + 1 & nodes.length - 1;
      }
      return at;
    }

    private int home(long node) {
      return (int) (node * HASH >>> Integer.SIZE) & nodes.length - 1;
    }

    /** Moves up those behind it that would not be found over the gap. */
    private void removeAt(int removed) {
      int mask = nodes.length - 1;
      int gap = removed;
      for (int at = gap + 1 & mask; nodes[at] != 0; at = at + 1 & mask) {
        if ((at - home(nodes[at]) & mask) >= (at - gap & mask)) {
          nodes[gap] = nodes[at];
          counts[gap] = counts[at];
          gap = at;
        }
      }
      nodes[gap] = 0;
      counts[gap] = 0;
      used--;
      if (nodes.length > CAPACITY_MIN && used < nodes.length / 8) {
        resize(nodes.length / 2);
      }
    }

    private void resize(int capacity) {
      long[] oldNodes = nodes;
      long[] oldCounts = counts;
      nodes = new long[capacity];
      counts = new long[capacity];
      for (int i = 0; i < oldNodes.length; i++) {
        if (oldNodes[i] != 0) {
          int at = find(oldNodes[i]);
          nodes[at] = oldNodes[i];
          counts[at] = oldCounts[i];
        }
      }
    }
  }
}
