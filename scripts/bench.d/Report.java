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

  void table(Measurements measurements) {
    out.printf(
        "%n%-21s %-41s %5s %9s %9s %9s  %7s %7s %5s %6s%n",
        "row", "what", "unit", "Brindle", "host", "bindfs", "x host", "x bindfs", "CPU", "spread");
    for (Row row : measurements.rows()) {
      out.printf(
          "%-21s %-41s %5s %9s %9s %9s  %7s %7s %4.0f%% %6.2f%n",
          row.name(),
          row.what(),
          row.unit().text,
          text(measurements.figure(row, "brindle")),
          text(measurements.figure(row, "host")),
          text(measurements.figure(row, "bindfs")),
          ratio(measurements.ratio(row, "brindle", "host")),
          ratio(measurements.ratio(row, "brindle", "bindfs")),
          100 * measurements.cpu(row, "brindle"),
          measurements.spread(row, "brindle"));
      json.add(
          String.format(
              Locale.ROOT,
              "{\"name\":\"%s\",\"what\":\"%s\",\"unit\":\"%s\",\"brindle\":%s,\"host\":%s,\"bindfs\":%s,\"cpu\":%s}",
              row.name(),
              row.what(),
              row.unit().text,
              number(measurements.figure(row, "brindle")),
              number(measurements.figure(row, "host")),
              number(measurements.figure(row, "bindfs")),
              number(measurements.cpu(row, "brindle"))));
    }
    out.println(
        "x: how many times as fast as the other one Brindle is (below 1: slower). CPU: of Brindle's"
            + " daemon, 100% is one core. spread: Brindle's best round by its worst.");
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
