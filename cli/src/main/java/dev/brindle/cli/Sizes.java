package dev.brindle.cli;

import java.util.Locale;

/** Sizes for people, in units of 1,024 with three digits: {@code 0 B}, {@code 4.0 KiB}. */
final class Sizes {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Sizes() {}

  static String human(long bytes) {
    double size = bytes;
    int unit = 0;
    // 999.5 would round to four digits
    while (Math.abs(size) >= 999.5 && unit < UNITS.length - 1) {
      size /= 1024;
      unit++;
    }
    String format = unit == 0 || Math.abs(size) >= 9.95 ? "%.0f %s" : "%.1f %s";
    return String.format(Locale.ROOT, format, size, UNITS[unit]);
  }
}
