package dev.brindle.store.scrub;

/** The scrub was told to end. */
final class StoppedException extends Exception {
  private static final long serialVersionUID = 1;

  StoppedException() {
    super("the scrub was stopped", null, false, false);
  }
}
