import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * The benchmark. scripts/bench starts it, and cleans up after it; run that with --help.
 *
 * <p>The rows are gone through in rounds, in each round every row on every target, the targets in
 * another order each time: what disturbs the machine for a while disturbs all of them.
 */
final class Bench {
  private static final Closeable NOTHING = () -> {};
  private static final double WARM_UP_SECONDS = 10;

  /** So much in each unit, at random places. */
  private static final int WARM_UP_READ_BYTES = 16 << 20;

  private static final int[] READ_UNITS = {4 << 10, 1 << 20};

  /** What is shorter is repeated for as long, after as long that does not count. */
  private static final double ROW_SECONDS = 1;

  private final Options options;
  private final Report report = new Report(System.out);
  private final Measurements measurements = new Measurements();
  private final List<Target> targets = new ArrayList<>();
  private final Brindle brindle;

  /** Takes away what the row that is measured has beside its files, such as a server. */
  private volatile Closeable underWay = NOTHING;

  /**
   * @param work an empty directory
   * @param command the brindle command
   * @param only patterns of the names of rows; empty for all
   * @param peers what else is measured, beside the host's file system
   */
  record Options(
      Path work,
      String command,
      Path archive,
      boolean full,
      int rounds,
      List<String> only,
      List<String> peers,
      Path json) {
    static Options of(String[] arguments) {
      return new Options(
          Path.of(arguments[0]),
          arguments[1],
          Path.of(arguments[2]),
          Boolean.parseBoolean(arguments[3]),
          Integer.parseInt(arguments[4]),
          words(arguments[5]),
          words(arguments[6]),
          arguments[7].isEmpty() ? null : Path.of(arguments[7]));
    }

    private static List<String> words(String argument) {
      return argument.isEmpty() ? List.of() : Arrays.asList(argument.split(","));
    }

    boolean wants(String name) {
      return only.isEmpty()
          || only.stream().anyMatch(pattern -> name.matches(pattern.replace("*", ".*")));
    }
  }

  private Bench(Options options) throws IOException {
    this.options = options;
    brindle = new Brindle("brindle", options.work, options.command);
    targets.add(brindle);
    targets.add(new Host(options.work));
    long imageBytes = (options.full ? 48L : 12L) << 30;
    Peers peers = new Peers(options.work, options.command, imageBytes);
    for (String peer : options.peers) {
      targets.add(peers.named(peer));
    }
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
    report.note(machine());
    if (!Processes.canDropCaches()) {
      report.note("Only root can drop the kernel's caches: the cold rows are left out.");
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopAll));
    for (Target target : targets) {
      target.start();
    }
    if (!rows.isEmpty()) {
      // the order of the targets changes while they are measured
      List<String> columns = targets.stream().map(target -> target.name).toList();
      List<String> peers =
          targets.stream().filter(Bench::isFusePeer).map(target -> target.name).toList();
      measure(rows);
      report.section(options.rounds + " rounds, medians");
      report.legend(measurements);
      report.table(measurements, columns, peers);
    }
    if (versions) {
      report.section("Snapshots and clones, medians");
      new VersionFigures(brindle, report, options.full).measure();
    }
    daemon();
    if (options.json != null) {
      report.writeJson(options.json);
    }
  }

  /** Also when the benchmark is stopped in the middle. */
  private void stopAll() {
    try {
      underWay.close();
    } catch (IOException e) {
      System.err.println("what was measured does not end: " + e.getMessage());
    }
    for (Target target : targets) {
      try {
        target.stop();
      } catch (IOException e) {
        System.err.println(target.name + " does not stop: " + e.getMessage());
      }
    }
  }

  private static boolean isFusePeer(Target target) {
    return target instanceof Served || target instanceof ZfsFuse;
  }

  private List<Row> rows() throws IOException {
    List<Row> rows = new ArrayList<>(new IoRows(options.full).rows());
    rows.addAll(new MetadataRows(options.full).rows());
    rows.addAll(new ParallelRows(options.full).rows());
    rows.addAll(new ProgramRows(options.archive).rows());
    rows.addAll(new SqliteRows(options.work).rows());
    rows.addAll(new PostgresRows(options.work).rows());
    rows.removeIf(row -> !options.wants(row.name()) || (row.cold() && !Processes.canDropCaches()));
    return rows;
  }

  private void measure(List<Row> rows) throws IOException {
    for (Target target : targets) {
      warmUp(target);
    }
    for (int round = 0; round < options.rounds; round++) {
      System.err.printf("round %d of %d, load %s%n", round + 1, options.rounds, load());
      for (Row row : coldLast(rows)) {
        Collections.rotate(targets, 1);
        for (Target target : targets) {
          addSample(row, target);
        }
      }
      for (Target target : targets) {
        Trees.clear(target.mount);
      }
    }
  }

  /** A cold row takes a process started anew: the others are of one that has worked for a while. */
  private static List<Row> coldLast(List<Row> rows) {
    return rows.stream().sorted(Comparator.comparing(Row::cold)).toList();
  }

  /** A peer that cannot do a row has no figure there. Brindle and the host must. */
  private void addSample(Row row, Target target) throws IOException {
    try {
      measurements.add(row, target, measure(row, target));
    } catch (IOException e) {
      if (!isFusePeer(target)) {
        throw e;
      }
      System.err.printf("%s on %s does not work: %s%n", row.name(), target.name, e.getMessage());
    }
  }

  private Measurements.Sample measure(Row row, Target target) throws IOException {
    Tally first = new Tally();
    first.addOnce(row, target);
    if (row.cold() || first.seconds >= ROW_SECONDS) {
      return first.sample(row);
    }
    first.repeat(row, target);
    Tally counted = new Tally();
    counted.repeat(row, target);
    return counted.sample(row);
  }

  /** What a row came to on a target, over its repetitions. */
  private final class Tally {
    private int times;
    private double amount;
    private double seconds;
    private double cpuSeconds;

    void repeat(Row row, Target target) throws IOException {
      while (seconds < ROW_SECONDS) {
        addOnce(row, target);
      }
    }

    void addOnce(Row row, Target target) throws IOException {
      underWay = () -> row.finish().run(target);
      try (Closeable end = underWay) {
        time(row, target);
      } finally {
        underWay = NOTHING;
      }
    }

    private void time(Row row, Target target) throws IOException {
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
      amount += row.measure().run(target);
      seconds += (System.nanoTime() - start) / 1e9;
      cpuSeconds += target.cpuSeconds() - cpu;
      times++;
    }

    Measurements.Sample sample(Row row) {
      double figure = row.unit() == Row.Unit.SECONDS ? seconds / times : amount / seconds;
      return new Measurements.Sample(figure, cpuSeconds / seconds);
    }
  }

  /** Work of every kind, not measured: a Java program is at its speed only after a while. */
  private void warmUp(Target target) throws IOException {
    long start = System.nanoTime();
    do {
      workOfEveryKind(target);
    } while ((System.nanoTime() - start) / 1e9 < WARM_UP_SECONDS);
  }

  private void workOfEveryKind(Target target) throws IOException {
    Path directory = Files.createDirectories(target.path("warm-up"));
    MetadataRows.create(directory, 0, 1500, 20_000);
    IoRows.writeSynced(directory.resolve("synced"), ByteBuffer.allocateDirect(4 << 10), 1000);
    Processes.runWithInput(
        directory,
        Path.of("/dev/null"),
        "sh",
        "-c",
        "cat * > all && ls -l > /dev/null");
    Path all = directory.resolve("all");
    IoRows.overwrite(all, ByteBuffer.allocateDirect(4 << 10), 1000, false, new Random(1));
    for (int unit : READ_UNITS) {
      dropCaches();
      IoRows.readAll(all, unit);
      dropCaches();
      IoRows.readAt(all, unit, WARM_UP_READ_BYTES / unit, new Random(1));
    }
    Trees.remove(directory);
  }

  private static void dropCaches() throws IOException {
    if (Processes.canDropCaches()) {
      Processes.dropCaches();
    }
  }

  private void daemon() throws IOException {
    report.section("Brindle's daemon, over all rows");
    report.figure(
        "memory-peak", "memory at its peak (resident)", brindle.memoryPeakKib() / 1024.0, "MiB");
    String status = brindle.status();
    report.figure(
        "heap-used", "heap in use now", Brindle.number(status, "heapUsedBytes") / 1048576.0, "MiB");
    report.figure(
        "heap-max", "heap at most", Brindle.number(status, "heapBytesMax") / 1048576.0, "MiB");
    report.figure("cpu", "processor time", brindle.cpuSeconds(), "s");
    for (Target target : targets) {
      if (isFusePeer(target)) {
        report.figure(
            target.name + "-cpu", "processor time of " + target.name, target.cpuSeconds(), "s");
      }
    }
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
