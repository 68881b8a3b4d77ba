package dev.brindle.daemon.kernel;

/**
 * Whether requests follow each other so closely that to wake the program that waits for an answer
 * is what takes the time: then whoever is told is to see to it that waking is quick.
 *
 * <p>Judged by how many requests there were since the last look, some milliseconds ago. A pause of
 * a few looks ends it.
 */
final class Pace {
  private static final int CLOSE_REQUESTS_MIN = 5;
  private static final int PAUSE_LOOKS = 4;

  private final Runnable hold;
  private final Runnable release;
  private boolean held;
  private boolean ended;
  private int pause;

  /**
   * @param hold called when requests begin to be close, once
   * @param release called when they are no more
   */
  Pace(Runnable hold, Runnable release) {
    this.hold = hold;
    this.release = release;
  }

  synchronized void looked(long newRequests) {
    if (newRequests >= CLOSE_REQUESTS_MIN && !ended) {
      pause = 0;
      if (!held) {
        held = true;
        hold.run();
      }
    } else if (held && ++pause >= PAUSE_LOOKS) {
      letGo();
    }
  }

  /** The mount has ended. */
  synchronized void end() {
    ended = true;
    letGo();
  }

  private void letGo() {
    if (held) {
      held = false;
      release.run();
    }
  }
}
