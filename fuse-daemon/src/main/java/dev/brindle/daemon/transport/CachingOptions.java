package dev.brindle.daemon.transport;

/**
 * How long the kernel may believe what it was told, in seconds.
 *
 * <p>What happens through one mount is known to the kernel at once, whatever the timeouts. They
 * bound how long a change that came by another mount of the same volume may go unseen. A name that
 * was not there is never remembered: a script that makes a snapshot by command and then looks for
 * it must find it.
 *
 * @param attributeSeconds for attributes; opening a file looks afresh
 * @param entrySeconds for names in ordinary directories; those in {@code .snapshots} and {@code
 *     .clones}, which the command line changes, are never remembered
 */
public record CachingOptions(double attributeSeconds, double entrySeconds) {
  public static CachingOptions defaults() {
    return new CachingOptions(1, 1);
  }
}
