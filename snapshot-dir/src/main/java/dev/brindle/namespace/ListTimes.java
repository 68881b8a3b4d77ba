package dev.brindle.namespace;

import dev.brindle.namespace.VirtualDirectory.Member;
import dev.brindle.store.Timestamp;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * When a volume's list of snapshots, or of clones, last changed: the modification time of its
 * virtual directories. The store notes when a snapshot was made and not when one was deleted or
 * renamed; so the list is compared with what it was when last looked at, whoever changed it. It is
 * looked at again at most every tenth of a second and after each change by this mount. After a
 * remount the time is that of the newest member.
 */
final class ListTimes {
  private static final long FRESH_NANOS = 100_000_000;

  private record Key(long volume, NodeKind kind) {}

  /**
   * @param fingerprint of the list; null when this mount has just changed it
   */
  private record Seen(@Nullable Long fingerprint, Timestamp changed, long lookedNanos) {
    boolean agreesWith(long other) {
      return fingerprint == null || fingerprint == other;
    }
  }

  private final ConcurrentMap<Key, Seen> seen = new ConcurrentHashMap<>();

  /** The time, unless the list should be looked at again. */
  @Nullable Timestamp fresh(long volume, NodeKind kind) {
    Seen known = seen.get(new Key(volume, kind));
    return known != null && System.nanoTime() - known.lookedNanos < FRESH_NANOS
        ? known.changed
        : null;
  }

  /**
   * Takes note of the list as it is.
   *
   * @param atLeast when the volume was made
   */
  Timestamp look(long volume, NodeKind kind, List<Member> members, Timestamp atLeast) {
    long looked = System.nanoTime();
    long fingerprint = fingerprint(members);
    Timestamp newest = newest(members, atLeast);
    Seen now =
        seen.merge(
            new Key(volume, kind),
            new Seen(fingerprint, newest, looked),
            (before, fresh) ->
                before.agreesWith(fingerprint)
                    ? new Seen(fingerprint, before.changed, looked)
                    : new Seen(fingerprint, later(before.changed, newest), looked));
    return now.changed;
  }

  /** Takes note that this mount has changed the list. */
  void changed(long volume, NodeKind kind) {
    long stale = System.nanoTime() - FRESH_NANOS;
    seen.put(new Key(volume, kind), new Seen(null, Timestamp.now(), stale));
  }

  private static Timestamp later(Timestamp before, Timestamp newest) {
    return newest.compareTo(before) > 0 ? newest : Timestamp.now();
  }

  private static Timestamp newest(List<Member> members, Timestamp atLeast) {
    Timestamp newest = atLeast;
    for (Member member : members) {
      if (member.created().compareTo(newest) > 0) {
        newest = member.created();
      }
    }
    return newest;
  }

  private static long fingerprint(List<Member> members) {
    long sum = members.size();
    for (Member member : members) {
      sum = sum * 31 + member.id();
      sum = sum * 31 + member.name().hashCode();
    }
    return sum;
  }
}
