package dev.brindle.namespace;

/**
 * Mount options that concern the namespace.
 *
 * @param visibility the option {@code snapdir}
 * @param accessTimes whether reads are noted for the access time, by the rules of relatime; false
 *     for the option {@code noatime}
 * @param obeysAcls whether the kernel on the other side obeys POSIX access control lists
 */
public record NamespaceOptions(
    SnapshotVisibility visibility, boolean accessTimes, boolean obeysAcls) {
  public static NamespaceOptions defaults() {
    return new NamespaceOptions(SnapshotVisibility.HIDDEN, true, true);
  }

  public NamespaceOptions withVisibility(SnapshotVisibility newVisibility) {
    return new NamespaceOptions(newVisibility, accessTimes, obeysAcls);
  }

  public NamespaceOptions withObeysAcls(boolean obeyed) {
    return new NamespaceOptions(visibility, accessTimes, obeyed);
  }

  public NamespaceOptions withAccessTimes(boolean noted) {
    return new NamespaceOptions(visibility, noted, obeysAcls);
  }
}
