package dev.brindle.cli;

import dev.brindle.daemon.control.SnapshotReport;
import org.jspecify.annotations.Nullable;

/** Versions as they are shown, which is as they are typed: {@code main@monday}. */
final class VersionText {
  private VersionText() {}

  static String of(SnapshotReport snapshot) {
    return of(snapshot.volume(), snapshot.name());
  }

  static String of(String volume, @Nullable String snapshot) {
    return NameDisplay.of(snapshot == null ? volume : volume + "@" + snapshot);
  }
}
