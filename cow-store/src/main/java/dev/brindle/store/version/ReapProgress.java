package dev.brindle.store.version;

/** What a step of the reaper asks its driver to do next. */
public enum ReapProgress {
  /** Nothing is left to do until the next deletion. */
  IDLE,
  /** Call the step again. */
  MORE,
  /** Hold the gate exclusively and call {@link VersionTree#splice}. */
  SPLICE
}
