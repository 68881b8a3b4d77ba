package dev.brindle.daemon.kernel;

/**
 * Whether several requests at a time are made of a mount: then one that waits for the disk must not
 * keep the others waiting. One program that waits for each answer makes its next request after the
 * one before; so where a request is there already when an answer has been sent, there are more.
 */
final class Crowd {
  private static final int CROWDED_MIN = 4;
  private static final int CROWD_MAX = 16;

  /** So many requests in a row that came alone end a crowd. Races cost no more than a guess. */
  private volatile int size = CROWD_MAX;

  boolean isPresent() {
    return size >= CROWDED_MIN;
  }

  /** A request was there when the answer before it had been sent. */
  void cameBefore() {
    size = Math.min(CROWD_MAX, size + CROWDED_MIN);
  }

  /** There was nothing to do when a request came. */
  void cameAlone() {
    size = Math.max(0, size - 1);
  }
}
