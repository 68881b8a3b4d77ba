package dev.brindle.daemon;

import org.junit.jupiter.api.function.Executable;

/**
 * Tests that count what the kernel asks for: it asks again when somebody else on the machine has it
 * drop its caches.
 */
public final class Undisturbed {
  private Undisturbed() {}

  /** Counts, and once more when that fails. */
  public static void count(Executable test) throws Throwable {
    try {
      test.execute();
    } catch (AssertionError e) {
      System.out.println("once more: " + e.getMessage());
      test.execute();
    }
  }
}
