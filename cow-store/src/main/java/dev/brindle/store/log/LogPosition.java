package dev.brindle.store.log;

/**
 * A place in the log between two groups: the address of the block where the next group begins, or
 * would begin. Everything before it was appended earlier.
 */
public record LogPosition(long address) implements Comparable<LogPosition> {
  @Override
  public int compareTo(LogPosition other) {
    return Long.compare(address, other.address);
  }
}
