package dev.brindle.store.model;

import dev.brindle.store.Errno;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The model's answer to an operation that is wrong: every errno whose condition holds. Where
 * several do, POSIX leaves the choice to the implementation.
 */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final transient Set<Errno> allowed;
  private final Errno first;

  private Refused(Set<Errno> allowed, Errno first) {
    super(allowed.toString(), null, false, false);
    this.allowed = allowed;
    this.first = first;
  }

  /** What Linux would say. */
  Errno first() {
    return first;
  }

  Set<Errno> allowed() {
    return allowed;
  }

  /** Collects the conditions of one operation. */
  static final class Conditions {
    private final EnumSet<Errno> broken = EnumSet.noneOf(Errno.class);
    private @Nullable Errno firstBroken;

    Conditions when(boolean condition, Errno first, Errno... others) {
      if (condition) {
        firstBroken = firstBroken == null ? first : firstBroken;
        broken.addAll(EnumSet.of(first, others));
      }
      return this;
    }

    /** Ends the operation when one of the conditions so far holds. */
    void check() {
      if (firstBroken != null) {
        throw new Refused(broken, firstBroken);
      }
    }
  }

  static Conditions when(boolean condition, Errno first, Errno... others) {
    return new Conditions().when(condition, first, others);
  }

  static Refused with(Errno first, Errno... others) {
    return new Refused(EnumSet.of(first, others), first);
  }
}
