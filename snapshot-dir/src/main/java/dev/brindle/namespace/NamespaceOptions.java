package dev.brindle.namespace;

/**
 * Mount options that concern the namespace.
 *
 * @param visibility the option {@code snapdir}
 * @param accessTimes whether reads are noted for the access time, by the rules of relatime; false
 *     for the option {@code noatime}
 */
public record NamespaceOptions(SnapshotVisibility visibility, boolean accessTimes) {
  public static NamespaceOptions defaults() {
    return new NamespaceOptions(SnapshotVisibility.HIDDEN, true);
  }

  public NamespaceOptions withVisibility(SnapshotVisibility newVisibility) {
    return new NamespaceOptions(newVisibility, accessTimes);
  }

  public NamespaceOptions withAccessTimes(boolean noted) {
    return new NamespaceOptions(visibility, noted);
  }
}
