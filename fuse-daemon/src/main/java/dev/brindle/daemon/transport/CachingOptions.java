package dev.brindle.daemon.transport;

/**
 * How long the kernel may believe what it was told, in seconds.
 *
 * <p>What happens through one mount is known to the kernel at once, whatever the timeouts. They
 * bound how long a change that came by another mount of the same volume may go unseen, where the
 * transport does not tell the kernel of it.
 *
 * @param attributeSeconds for attributes
 * @param entrySeconds for names in ordinary directories; those in {@code .snapshots} and {@code
 *     .clones}, which the command line changes, are never remembered
 * @param absenceSeconds for names that are not there, in ordinary directories
 * @param opensAfresh whether the kernel forgets the attributes of a file that changed since it was
 *     last opened, when it is opened again: another mount may have changed it
 * @param writes whether the kernel may acknowledge writes and hand them on later; then size and
 *     times of a file that it knows are what it says, and what another mount makes them goes unseen
 */
public record CachingOptions(
    double attributeSeconds,
    double entrySeconds,
    double absenceSeconds,
    boolean opensAfresh,
    boolean writes) {
  private static final double LASTING_SECONDS = 600;

  /** For a kernel that is told of nothing. */
  public static CachingOptions defaults() {
    return new CachingOptions(1, 1, 0, true, false);
  }

  /**
   * For a kernel that is told of each change that it does not make itself. The bound is for what no
   * kernel can rule out: that an older answer to it is overtaken by the news.
   */
  public static CachingOptions lasting() {
    return new CachingOptions(LASTING_SECONDS, LASTING_SECONDS, LASTING_SECONDS, true, false);
  }

  public CachingOptions withWrites(boolean value) {
    return new CachingOptions(attributeSeconds, entrySeconds, absenceSeconds, opensAfresh, value);
  }
}
