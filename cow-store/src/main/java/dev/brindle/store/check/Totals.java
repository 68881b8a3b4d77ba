package dev.brindle.store.check;

/** What a check came by. What versions share is counted once. */
final class Totals {
  long versions;
  long inodes;
  long extents;
}
