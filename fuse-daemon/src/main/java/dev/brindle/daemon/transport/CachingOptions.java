package dev.brindle.daemon.transport;

/**
 * How long the kernel may believe what it was told, in seconds.
 *
 * <p>What happens through one mount is known to the kernel at once, whatever the timeouts. They
 * bound how long a change that came by another mount of the same volume may go unseen; nothing
 * takes back what was believed. (It was tried for the only mount of a store, which remembered for a
 * minute until another joined: to invalidate a name has the kernel detach what is mounted below it,
 * and {@code getcwd} fails in the directories of the root.)
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
  public static CachingOptions defaults() {
    return new CachingOptions(1, 1, 0, true);
  }
}
