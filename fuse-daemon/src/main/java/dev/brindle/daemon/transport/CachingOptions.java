package dev.brindle.daemon.transport;

/**
 * How long the kernel may believe what it was told, in seconds.
 *
 * <p>What happens through one mount is known to the kernel at once, whatever the timeouts. They
 * bound how long a change that came by another mount of the same volume may go unseen.
 *
 * @param attributeSeconds for attributes
 * @param entrySeconds for names in ordinary directories; those in {@code .snapshots} and {@code
 *     .clones}, which the command line changes, are never remembered
 * @param absenceSeconds for names that are not there, in ordinary directories
 * @param opensAfresh whether the kernel forgets the attributes of a file that changed since it was
 *     last opened, when it is opened again: another mount may have changed it
 */
public record CachingOptions(
    double attributeSeconds, double entrySeconds, double absenceSeconds, boolean opensAfresh) {
  private static final double LONG_SECONDS = 60;

  /** For a mount among others, which may change the same volume. */
  public static CachingOptions defaults() {
    return new CachingOptions(1, 1, 0, true);
  }

  /**
   * For the only mount of a store: nothing changes but through it. Should it be joined by another,
   * {@link TransportSession#share} takes back what the kernel remembers.
   */
  public static CachingOptions alone() {
    return new CachingOptions(LONG_SECONDS, LONG_SECONDS, LONG_SECONDS, false);
  }
}
