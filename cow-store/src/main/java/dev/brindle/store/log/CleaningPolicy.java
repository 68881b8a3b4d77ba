package dev.brindle.store.log;

/** Decides which segments are worth cleaning. */
final class CleaningPolicy {
  /**
   * A segment that may be cleaned.
   *
   * @param fileBlocks data blocks its file has room for
   * @param keptBlocks those that must stay
   */
  record Candidate(long number, int fileBlocks, int keptBlocks) {}

  private CleaningPolicy() {}
}
