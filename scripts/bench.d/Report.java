import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What is printed: lines as they are known, then the table; and the same as JSON, one object a
 * line.
 */
final class Report {
  private final PrintStream out;
  private final List<String> json = new ArrayList<>();

  Report(PrintStream out) {
    this.out = out;
  }

  void section(String title) {
    out.printf("%n%s%n", title);
  }

  void note(String text) {
    out.println(text);
  }

  /** A figure of Brindle alone. */
  void figure(String name, String what, double value, String unit) {
    out.printf(Locale.ROOT, "  %-62s %10s %s%n", what, text(value), unit);
    json.add(
        String.format(
            Locale.ROOT,
            "{\"name\":\"%s\",\"what\":\"%s\",\"unit\":\"%s\",\"brindle\":%s}",
            name,
            what,
            unit,
            number(value)));
  }

  /** What each row is, so that the table has room for the file systems. */
  void legend(Measurements measurements) {
    for (Row row : measurements.rows()) {
      out.printf("  %-21s %s, %s%n", row.name(), row.what(), row.unit().text);
    }
  }

  /**
   * @param targets the columns; Brindle is the first, the host's file system the second
   * @param peers those of them that are FUSE file systems, and not Brindle
   */
  void table(Measurements measurements, List<String> targets, List<String> peers) {
    out.printf("%n%-21s %5s", "row", "unit");
    targets.forEach(name -> out.printf(" %15s", name));
    out.printf("  %7s %7s %5s %6s%n", "x host", "x FUSE", "CPU", "spread");
    for (Row row : measurements.rows()) {
      out.printf("%-21s %5s", row.name(), row.unit().text);
      targets.forEach(name -> out.printf(" %15s", text(measurements.figure(row, name))));
      out.printf(
          "  %7s %7s %4.0f%% %6.2f%n",
          ratio(measurements.ratio(row, "brindle", "host")),
          ratio(measurements.ratioToBest(row, "brindle", peers)),
          100 * measurements.cpu(row, "brindle"),
          measurements.spread(row, "brindle"));
      json.add(jsonOf(measurements, row, targets));
    }
    out.println(
        "x: how many times as fast as the host's file system, or the best of the other FUSE file"
            + " systems, Brindle is (below 1: slower). CPU: of Brindle's daemon, 100% is one core."
            + " spread: Brindle's best round by its worst.");
  }

  private static String jsonOf(Measurements measurements, Row row, List<String> targets) {
    StringBuilder fields = new StringBuilder();
    for (String name : targets) {
      fields.append(",\"").append(name).append("\":");
      fields.append(number(measurements.figure(row, name)));
    }
    return String.format(
        Locale.ROOT,
        "{\"name\":\"%s\",\"what\":\"%s\",\"unit\":\"%s\"%s,\"cpu\":%s}",
        row.name(),
        row.what(),
        row.unit().text,
        fields,
        number(measurements.cpu(row, "brindle")));
  }

  void writeJson(Path file) throws IOException {
    Files.writeString(file, "[\n" + String.join(",\n", json) + "\n]\n");
  }

  private static String text(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }

  private static String ratio(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.2f", value);
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "null" : String.format(Locale.ROOT, "%.4f", value);
  }
}
