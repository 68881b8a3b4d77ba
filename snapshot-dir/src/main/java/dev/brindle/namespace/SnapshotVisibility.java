package dev.brindle.namespace;

/** The mount option {@code snapdir}. */
public enum SnapshotVisibility {
  /** {@code .snapshots} and {@code .clones} can be entered and are not listed. */
  HIDDEN,
  /** They are listed by readdir. */
  VISIBLE,
  /** They do not exist. */
  DISABLED
}
