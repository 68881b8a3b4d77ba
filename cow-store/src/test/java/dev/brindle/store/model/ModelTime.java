package dev.brindle.store.model;

import dev.brindle.store.Timestamp;

/**
 * A time stamp as far as the model knows it: between the instant before an operation and the one
 * after it, or exact when the operation named it.
 */
record ModelTime(Timestamp earliest, Timestamp latest) {
  static ModelTime exactly(Timestamp time) {
    return new ModelTime(time, time);
  }

  boolean contains(Timestamp time) {
    return earliest.compareTo(time) <= 0 && time.compareTo(latest) <= 0;
  }

  /** Whether the two can be the same instant. */
  boolean mayBe(ModelTime other) {
    return earliest.compareTo(other.latest) <= 0 && other.earliest.compareTo(latest) <= 0;
  }

  /** Either of the two: for a change that a rule leaves open. */
  ModelTime or(ModelTime other) {
    return new ModelTime(
        earliest.compareTo(other.earliest) <= 0 ? earliest : other.earliest,
        latest.compareTo(other.latest) >= 0 ? latest : other.latest);
  }

  @Override
  public String toString() {
    return earliest.equals(latest)
        ? earliest.toInstant().toString()
        : earliest.toInstant() + ".." + latest.toInstant();
  }
}
