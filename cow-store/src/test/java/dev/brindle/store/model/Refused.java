package dev.brindle.store.model;

import dev.brindle.store.Errno;
import java.util.EnumSet;
import java.util.Set;

/**
 * The model's answer to an operation that is wrong: every errno whose condition holds. Where
 * several do, POSIX leaves the choice to the implementation.
 */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final transient Set<Errno> allowed;

  private Refused(Set<Errno> allowed) {
    super(allowed.toString(), null, false, false);
    this.allowed = allowed;
  }

  Set<Errno> allowed() {
    return allowed;
  }

  /** Collects the conditions of one operation. */
  static final class Conditions {
    private final EnumSet<Errno> broken = EnumSet.noneOf(Errno.class);

    Conditions when(boolean condition, Errno first, Errno... others) {
      if (condition) {
        broken.addAll(EnumSet.of(first, others));
      }
      return this;
    }

    /** Ends the operation when one of the conditions so far holds. */
    void check() {
      if (!broken.isEmpty()) {
        throw new Refused(broken);
      }
    }
  }

  static Conditions when(boolean condition, Errno first, Errno... others) {
    return new Conditions().when(condition, first, others);
  }

  static Refused with(Errno first, Errno... others) {
    return new Refused(EnumSet.of(first, others));
  }
}
