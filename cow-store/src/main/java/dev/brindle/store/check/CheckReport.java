package dev.brindle.store.check;

import java.util.List;

/**
 * What a check found.
 *
 * @param problems a sentence for each broken rule, with the place; empty when the store is sound
 */
public record CheckReport(
    long versions, long nodes, long inodes, long extents, long dataBytes, List<String> problems) {
  public boolean isSound() {
    return problems.isEmpty();
  }
}
