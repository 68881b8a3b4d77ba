package dev.brindle.cli;

import dev.brindle.daemon.control.DamageReport;
import dev.brindle.store.Timestamp;
import dev.brindle.store.scrub.ScrubStatus;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/** What a scrub tells people. */
final class ScrubText {
  private ScrubText() {}

  /** For a line that changes: {@code Scrubbing data 42 % of 3.0 GiB, 210 MiB/s, 0:08 left}. */
  static String progress(ScrubStatus status) {
    long total = Math.max(1, status.bytesTotal());
    long speed = status.bytesPerSecond();
    String left =
        speed == 0 ? "" : ", " + time((total - status.bytesDone()) / Math.max(1, speed)) + " left";
    return String.format(
        Locale.ROOT,
        "Scrubbing %s %d %% of %s, %s/s%s",
        status.state().name().toLowerCase(Locale.ROOT),
        status.bytesDone() * 100 / total,
        Sizes.human(total),
        Sizes.human(speed),
        left);
  }

  private static String time(long seconds) {
    Duration left = Duration.ofSeconds(seconds);
    return String.format(Locale.ROOT, "%d:%02d", left.toMinutes(), left.toSecondsPart());
  }

  static String damage(DamageReport damage) {
    String volume = damage.volume();
    if (volume == null) {
      return damage.cause();
    }
    String path = damage.path();
    return "%s: %s: %s: %s"
        .formatted(
            VersionText.of(volume, damage.snapshot()),
            path == null ? "inode " + damage.inode() + " (no name)" : NameDisplay.of(path),
            range(damage),
            damage.cause());
  }

  private static String range(DamageReport damage) {
    if (damage.length() < 0) {
      return damage.offset() == 0
          ? "all of it"
          : String.format(Locale.ROOT, "from byte %,d on", damage.offset());
    }
    return String.format(
        Locale.ROOT, "%s from byte %,d on", Sizes.human(damage.length()), damage.offset());
  }

  static String summary(ScrubStatus status) {
    String found =
        status.damages() == 0
            ? "no damage"
            : String.format(Locale.ROOT, "%,d damages", status.damages());
    String read = Sizes.human(status.bytesDone()) + " read, " + found;
    Timestamp ended = status.ended();
    String when = ended == null ? "" : " at " + Table.time(ended);
    return switch (status.state()) {
      case NEVER_RUN -> "No scrub has run since the store was mounted.";
      case INDEX, DATA, TREES, LOCATING -> progress(status) + ", " + found + " until now.";
      case FINISHED -> "Scrub finished" + when + ": " + read + ".";
      case STOPPED -> "Scrub stopped" + when + ": " + read + "; the next begins anew.";
      case FAILED ->
          "Scrub failed"
              + when
              + ": "
              + Objects.requireNonNull(status.failure())
              + "; "
              + read
              + ".";
    };
  }
}
