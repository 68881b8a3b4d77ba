package dev.brindle.store;

import org.jspecify.annotations.Nullable;

/**
 * One line of {@code brindle diff}.
 *
 * @param path in bytes as UTF-8 where it is; relative to the root, without a leading slash
 * @param oldPath where it was, for RENAMED; else null
 */
public record Difference(Kind kind, Name path, @Nullable Name oldPath) {
  /** M, +, -, R. */
  public enum Kind {
    MODIFIED('M'),
    ADDED('+'),
    REMOVED('-'),
    RENAMED('R');

    private final char symbol;

    Kind(char symbol) {
      this.symbol = symbol;
    }

    public char symbol() {
      return symbol;
    }
  }
}
