import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The benchmark. scripts/bench starts it, and cleans up after it; run that with --help.
 *
 * <p>The rows are gone through in rounds, in each round every row on every target, the targets in
 * another order each time: what disturbs the machine for a while disturbs all of them.
 */
final class Bench {
  private final Options options;
  private final Report report = new Report(System.out);
  private final Measurements measurements = new Measurements();
  private final List<Target> targets = new ArrayList<>();
  private final Target.Brindle brindle;

  /**
   * @param work an empty directory
   * @param command the brindle command
   * @param only patterns of the names of rows; empty for all
   */
  record Options(
      Path work,
      String command,
      Path archive,
      boolean full,
      int rounds,
      List<String> only,
      Path json) {
    static Options of(String[] arguments) {
      return new Options(
          Path.of(arguments[0]),
          arguments[1],
          Path.of(arguments[2]),
          Boolean.parseBoolean(arguments[3]),
          Integer.parseInt(arguments[4]),
          arguments[5].isEmpty() ? List.of() : Arrays.asList(arguments[5].split(",")),
          arguments[6].isEmpty() ? null : Path.of(arguments[6]));
    }

    boolean wants(String name) {
      return only.isEmpty()
          || only.stream().anyMatch(pattern -> name.matches(pattern.replace("*", ".*")));
    }
  }

  private Bench(Options options) {
    this.options = options;
    brindle = new Target.Brindle(options.work, options.command);
    targets.add(new Target.Host(options.work));
    targets.add(brindle);
    targets.add(new Target.Bindfs(options.work));
  }

  public static void main(String[] arguments) throws IOException {
    new Bench(Options.of(arguments)).run();
  }

  private void run() throws IOException {
    List<Row> rows = rows();
    boolean versions = options.wants("versions");
    if (rows.isEmpty() && !versions) {
      throw new IOException("no row is called " + String.join(" or ", options.only));
    }
    for (Target target : targets) {
      target.start();
    }
    report.note(machine());
    if (!Processes.canDropCaches()) {
      report.note("Only root can drop the kernel's caches: the cold rows are left out.");
    }
    try {
      if (!rows.isEmpty()) {
        measure(rows);
        report.section(options.rounds + " rounds, medians");
        report.table(measurements);
      }
      if (versions) {
        report.section("Snapshots and clones, medians");
        new VersionFigures(brindle, report, options.full).measure();
      }
      daemon();
      if (options.json != null) {
        report.writeJson(options.json);
      }
    } finally {
      for (Target target : targets) {
        target.stop();
      }
    }
  }

  private List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>(new IoRows(options.full).rows());
    rows.addAll(new MetadataRows(options.full).rows());
    rows.addAll(new ProgramRows(options.archive, options.work).rows());
    rows.removeIf(row -> !options.wants(row.name()) || (row.cold() && !Processes.canDropCaches()));
    return rows;
  }

  private void measure(List<Row> rows) throws IOException {
    for (Target target : targets) {
      warmUp(target);
    }
    for (int round = 0; round < options.rounds; round++) {
      System.err.printf("round %d of %d, load %s%n", round + 1, options.rounds, load());
      for (Row row : rows) {
        Collections.rotate(targets, 1);
        for (Target target : targets) {
          measurements.add(row, target, measure(row, target));
        }
      }
      for (Target target : targets) {
        Trees.clear(target.mount);
      }
    }
  }

  private Measurements.Sample measure(Row row, Target target) throws IOException {
    row.prepare().run(target);
    if (row.cold()) {
      target.restart();
      warmUp(target);
      Processes.dropCaches();
    } else {
      Processes.run(options.work, "sync");
    }
    double cpu = target.cpuSeconds();
    long start = System.nanoTime();
    double amount = row.measure().run(target);
    double seconds = (System.nanoTime() - start) / 1e9;
    double share = (target.cpuSeconds() - cpu) / seconds;
    return new Measurements.Sample(
        row.unit() == Row.Unit.SECONDS ? seconds : amount / seconds, share);
  }

  /** Work of every kind, not measured: a Java program is at its speed only after a while. */
  private void warmUp(Target target) throws IOException {
    Path directory = Files.createDirectories(target.path("warm-up"));
    int files = 1500;
    MetadataRows.create(directory, 0, files, 20_000);
    Processes.runWithInput(
        directory,
        Path.of("/dev/null"),
        "sh",
        "-c",
        "cat * > all && cat all > /dev/null && ls -l > /dev/null");
    Trees.remove(directory);
  }

  private void daemon() throws IOException {
    report.section("Brindle's daemon, over all rows");
    report.figure(
        "memory-peak", "memory at its peak (resident)", brindle.memoryPeakKib() / 1024.0, "MiB");
    String status = brindle.status();
    report.figure(
        "heap-used",
        "heap in use now",
        Target.Brindle.number(status, "heapUsedBytes") / 1048576.0,
        "MiB");
    report.figure(
        "heap-max",
        "heap at most",
        Target.Brindle.number(status, "heapBytesMax") / 1048576.0,
        "MiB");
    report.figure("cpu", "processor time", brindle.cpuSeconds(), "s");
    Target bindfs =
        targets.stream().filter(target -> target.name.equals("bindfs")).findFirst().orElseThrow();
    report.figure("bindfs-cpu", "processor time of bindfs", bindfs.cpuSeconds(), "s");
  }

  private static String machine() throws IOException {
    return String.format(
        Locale.ROOT,
        "%d processors, %s, load %s",
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        load());
  }

  private static String load() throws IOException {
    String[] fields = Files.readString(Path.of("/proc/loadavg")).split(" ");
    return fields[0] + " " + fields[1] + " " + fields[2];
  }
}
