package dev.brindle.daemon.control;

import java.util.Objects;

/** Brindle's version, from the manifest of its jar. */
public final class BrindleVersion {
  private BrindleVersion() {}

  /** {@code 0.1.0}, or {@code development} when run from class files. */
  public static String text() {
    return Objects.requireNonNullElse(
        BrindleVersion.class.getPackage().getImplementationVersion(), "development");
  }
}
