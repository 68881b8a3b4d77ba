package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a program printed, and how it ended. */
record Output(String command, int status, String out, String err) {

  Output expectSuccess() {
    return expectStatus(0);
  }

  Output expectStatus(int expected) {
    assertEquals(expected, status, this::toString);
    return this;
  }

  /** It failed, and said this on standard error without a stack trace. */
  Output expectFailure(String sentence) {
    assertTrue(status != 0, this::toString);
    assertTrue(err.contains(sentence), () -> "not \"" + sentence + "\": " + this);
    return expectNoStackTrace();
  }

  Output expectNoStackTrace() {
    assertTrue(!err.contains("\tat "), this::toString);
    return this;
  }

  /** Standard output without the line's end. */
  String line() {
    return out.strip();
  }

  @Override
  public String toString() {
    return "%s%nended with %d%n%s%n%s".formatted(command, status, end(out), end(err));
  }

  private static String end(String text) {
    return text.length() < 8_000 ? text : "..." + text.substring(text.length() - 8_000);
  }
}
