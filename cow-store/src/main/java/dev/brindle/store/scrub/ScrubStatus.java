package dev.brindle.store.scrub;

import dev.brindle.store.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * How a scrub stands.
 *
 * @param state what it does, or how it ended
 * @param started null before the first
 * @param ended null while it runs
 * @param bytesDone of the index and the log
 * @param bytesTotal what there was to read when it began; what was deleted since is not read
 * @param bytesPerSecond since it began
 * @param damages how many damaged files and other damages were found
 * @param failure why it could not go on; null unless FAILED
 */
public record ScrubStatus(
    State state,
    @Nullable Timestamp started,
    @Nullable Timestamp ended,
    long bytesDone,
    long bytesTotal,
    long bytesPerSecond,
    long damages,
    @Nullable String failure) {

  /** What a scrub does. */
  public enum State {
    NEVER_RUN,
    INDEX,
    DATA,
    TREES,
    /** Looks for whose the damage is. */
    LOCATING,
    FINISHED,
    STOPPED,
    FAILED;

    public boolean isRunning() {
      return this == INDEX || this == DATA || this == TREES || this == LOCATING;
    }
  }

  public static ScrubStatus neverRun() {
    return new ScrubStatus(State.NEVER_RUN, null, null, 0, 0, 0, 0, null);
  }
}
