package dev.brindle.daemon.serve;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * How often the kernel was told of each node and has not forgotten it: the kernel says how many it
 * forgets, and at none it knows the node no more. Open addressing in memory outside the heap, whose
 * bound is for less: a node costs 21 to 43 bytes, and the kernel more than a thousand. Safe for any
 * number of threads.
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

    private LongBuffer nodes = numbers(CAPACITY_MIN);
    private LongBuffer counts = numbers(CAPACITY_MIN);
    private int capacity = CAPACITY_MIN;
    private int used;

    private static LongBuffer numbers(int count) {
      return ByteBuffer.allocateDirect(count * Long.BYTES)
          .order(ByteOrder.nativeOrder())
          .asLongBuffer();
    }

    synchronized int size() {
      return used;
    }

    synchronized long get(long node) {
      return counts.get(find(node));
    }

    /** Returns the sum. An answer and the forgetting of it may be noted in either order. */
    synchronized long add(long node, long change) {
      int at = find(node);
      long sum = counts.get(at) + change;
      if (nodes.get(at) == 0) {
        if (used >= capacity - capacity / 4) {
          resize(capacity * 2);
          at = find(node);
        }
        nodes.put(at, node);
        used++;
      }
      counts.put(at, sum);
      if (sum == 0) {
        removeAt(at);
      }
      return sum;
    }

    private int find(long node) {
      int at = home(node);
      for (long found = nodes.get(at); found != 0 && found != node; found = nodes.get(at)) {
        at = at + 1 & capacity - 1;
      }
      return at;
    }

    private int home(long node) {
      return (int) (node * HASH >>> Integer.SIZE) & capacity - 1;
    }

    /** Moves up those behind it that would not be found over the gap. */
    private void removeAt(int removed) {
      int mask = capacity - 1;
      int gap = removed;
      for (int at = gap + 1 & mask; nodes.get(at) != 0; at = at + 1 & mask) {
        if ((at - home(nodes.get(at)) & mask) >= (at - gap & mask)) {
          nodes.put(gap, nodes.get(at));
          counts.put(gap, counts.get(at));
          gap = at;
        }
      }
      nodes.put(gap, 0);
      counts.put(gap, 0);
      used--;
      if (capacity > CAPACITY_MIN && used < capacity / 8) {
        resize(capacity / 2);
      }
    }

    /** Memory is there before anything changes. */
    private void resize(int newCapacity) {
      LongBuffer oldNodes = nodes;
      LongBuffer oldCounts = counts;
      LongBuffer newNodes = numbers(newCapacity);
      counts = numbers(newCapacity);
      nodes = newNodes;
      capacity = newCapacity;
      for (int i = 0; i < oldNodes.capacity(); i++) {
        long node = oldNodes.get(i);
        if (node != 0) {
          int at = find(node);
          nodes.put(at, node);
          counts.put(at, oldCounts.get(i));
        }
      }
    }
  }
}
