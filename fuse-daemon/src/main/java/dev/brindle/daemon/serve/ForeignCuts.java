package dev.brindle.daemon.serve;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Files that another mount has cut; Linux. To forget a file's attributes and pages leaves the
 * kernel the size that it believed: it asks before it reads past that, and not before it reads
 * below it. Hence:
 *
 * <ul>
 *   <li>The first opening after a cut is refused, once, with ESTALE. The kernel then looks the name
 *       up, by which it learns the size, and opens once more (open(2) walks a path again with
 *       LOOKUP_REVAL after that error). The one who comes again is known by his thread.
 *   <li>Short answers to reads go behind those to reads from before them that are under way: the
 *       kernel takes the first short one for the file's end, and heeds no other that it was waiting
 *       for then.
 * </ul>
 *
 * <p>Bounded: of a file that fell out, the kernel learns the size when it asks.
 */
public final class ForeignCuts {
  private static final int FILES_MAX = 1 << 12;

  /** A read that came before another one may be noted after it. */
  private static final long NOTED_LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long EARLIER_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

  private static final class Bounded<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > FILES_MAX;
    }
  }

  /**
   * An opening that was refused.
   *
   * @param cut which cut was the file's last
   */
  private record Refusal(long node, long cut) {}

  @GuardedBy("this")
  private final Set<Long> cuts = Collections.newSetFromMap(new Bounded<>());

  /** Those of which the kernel may not know the size, with which cut was the last. */
  @GuardedBy("this")
  private final Map<Long, Long> unseen = new Bounded<>();

  @GuardedBy("this")
  private final Map<Integer, Refusal> refusals = new Bounded<>();

  @GuardedBy("this")
  private final List<Reading> readings = new ArrayList<>();

  @GuardedBy("this")
  private long lastCut;

  private volatile boolean any;

  /** A file was cut, or made longer, by another mount. */
  public synchronized void cut(long node) {
    any = true;
    lastCut++;
    cuts.add(node);
    unseen.put(node, lastCut);
  }

  /**
   * Whether an opening is to be refused.
   *
   * @param thread says who asks; 0 for one of whom the kernel tells nothing, and who is let in
   */
  public boolean refuses(long node, IntSupplier thread) {
    return any && refusesOnce(node, thread.getAsInt());
  }

  private synchronized boolean refusesOnce(long node, int thread) {
    Long cut = unseen.get(node);
    Refusal refused = refusals.remove(thread);
    if (cut == null || thread == 0) {
      return false;
    }
    if (refused != null && refused.node == node) {
      unseen.remove(node, refused.cut);
      return false;
    }
    refusals.put(thread, new Refusal(node, cut));
    return true;
  }

  /** A read of a file that was cut, from when it came until it is answered. */
  public final class Reading implements AutoCloseable {
    private final long node;
    private final long offset;

    private Reading(long node, long offset) {
      this.node = node;
      this.offset = offset;
    }

    /** Waits until none that begins before it is under way. */
    public void awaitEarlier() {
      ForeignCuts.this.awaitEarlier(this);
    }

    private boolean isBefore(Reading other) {
      return node == other.node && offset < other.offset;
    }

    /** It was answered. */
    @Override
    public void close() {
      ForeignCuts.this.end(this);
    }
  }

  /** A read has come; null where nothing is to be heeded. */
  public @Nullable Reading begin(long node, long offset) {
    return any ? beginIfCut(node, offset) : null;
  }

  private synchronized @Nullable Reading beginIfCut(long node, long offset) {
    if (!cuts.contains(node)) {
      return null;
    }
    Reading reading = new Reading(node, offset);
    readings.add(reading);
    return reading;
  }

  private synchronized void end(Reading reading) {
    readings.remove(reading);
    notifyAll();
  }

  private synchronized void awaitEarlier(Reading reading) {
    long start = System.nanoTime();
    long waited = 0;
    while (waited < NOTED_LATE_NANOS
        || (waited < EARLIER_NANOS_MAX && readings.stream().anyMatch(r -> r.isBefore(reading)))) {
      try {
        wait(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      waited = System.nanoTime() - start;
    }
  }
}
