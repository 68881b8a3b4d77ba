package dev.brindle.daemon.control;

import org.jspecify.annotations.Nullable;

/**
 * A file tree by name: a volume's head or one of its snapshots.
 *
 * @param volume the full name
 * @param snapshot null for the head
 */
public record TreeReference(String volume, @Nullable String snapshot) {
  @Override
  public String toString() {
    return snapshot == null ? volume : volume + "@" + snapshot;
  }
}
