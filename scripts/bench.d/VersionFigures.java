import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Random;

/**
 * What snapshots and clones cost: to make, to write to, and to those who read the volume. Each
 * figure is about one system call on the mount and the median of many.
 */
final class VersionFigures {
  private static final int TIMES = 31;
  private static final int FILES_A_DIRECTORY = 10_000;
  private static final int LOOKUPS = 2_000;
  private static final int KIB_4 = 4 << 10;
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;

  private final Brindle brindle;
  private final Report report;
  private final int files;
  private final long sparseBytes;
  private final long largeBytes;
  private final int snapshots;
  private final Random random = new Random(3);

  VersionFigures(Brindle brindle, Report report, boolean full) {
    this.brindle = brindle;
    this.report = report;
    files = full ? 1_000_000 : 20_000;
    sparseBytes = (full ? 100 : 2) * GIB;
    largeBytes = full ? 10 * GIB : 256 * MIB;
    snapshots = full ? 10_000 : 1_000;
  }

  void measure() throws IOException {
    Trees.clear(brindle.mount);
    creation("empty", "an empty volume");
    fill();
    creation("full", String.format("%,d files and %d GiB sparse", files, sparseBytes / GIB));
    overwriteInClone();
    manySnapshots();
  }

  private void creation(String name, String volume) throws IOException {
    double[] snapshot = new double[TIMES];
    double[] clone = new double[TIMES];
    for (int i = 0; i < TIMES; i++) {
      change(brindle.mount, i);
      snapshot[i] = millis(() -> Files.createDirectory(snapshot("creation")));
      change(brindle.mount, i);
      clone[i] = millis(() -> Files.createDirectory(clone("creation")));
      Files.delete(clone("creation"));
      Files.delete(snapshot("creation"));
    }
    report.figure(
        "snapshot-" + name,
        "mkdir .snapshots/NAME, " + volume,
        Measurements.median(snapshot),
        "ms");
    report.figure(
        "clone-" + name, "mkdir .clones/NAME, " + volume, Measurements.median(clone), "ms");
  }

  private void fill() throws IOException {
    for (int from = 0; from < files; from += FILES_A_DIRECTORY) {
      Path directory = Files.createDirectory(brindle.path("d" + from / FILES_A_DIRECTORY));
      MetadataRows.create(directory, from, Math.min(files, from + FILES_A_DIRECTORY), 0);
    }
    try (FileChannel channel = FileChannel.open(brindle.path("sparse"), CREATE, WRITE)) {
      for (long position = 0; position < sparseBytes; position += 16 * MIB) {
        channel.write(noise(KIB_4), position);
      }
      channel.write(noise(1), sparseBytes - 1);
      channel.force(true);
    }
  }

  private void overwriteInClone() throws IOException {
    Path large = brindle.path("large");
    ByteBuffer content = noise((int) MIB);
    try (FileChannel channel = FileChannel.open(large, CREATE, WRITE)) {
      for (long position = 0; position < largeBytes; position += MIB) {
        channel.write(content.rewind(), position);
      }
      channel.force(true);
    }
    Files.createDirectory(clone("overwrite"));
    long before = written("overwrite");
    double[] first = new double[1];
    double[] later = new double[TIMES];
    try (FileChannel channel = FileChannel.open(clone("overwrite").resolve("large"), WRITE)) {
      first[0] = millis(() -> overwrite(channel));
      long after = written("overwrite");
      for (int i = 0; i < TIMES; i++) {
        later[i] = millis(() -> overwrite(channel));
      }
      String file = String.format("a file of %,d MiB in a clone", largeBytes / MIB);
      report.figure(
          "overwrite-bytes",
          "first 4 KiB over " + file + ", takes",
          (after - before) / 1024.0,
          "KiB");
      report.figure(
          "overwrite-first", "the same with fsync, the first after the clone", first[0], "ms");
      report.figure(
          "overwrite-later", "the same with fsync, later ones", Measurements.median(later), "ms");
    }
    Files.delete(clone("overwrite"));
    Files.delete(large);
  }

  private void overwrite(FileChannel channel) throws IOException {
    channel.write(noise(KIB_4), random.nextInt((int) (largeBytes / KIB_4)) * (long) KIB_4);
    channel.force(false);
  }

  private long written(String clone) throws IOException {
    for (String row : brindle.spaceUsages()) {
      if (row.contains("\"main/" + clone + '"')
          && row.matches("(?s).*\"snapshot\"\\s*:\\s*null.*")) {
        return Brindle.number(row, "written");
      }
    }
    throw new IOException("brindle df does not tell of the clone " + clone);
  }

  /**
   * The same lookups and reads while the volume has one snapshot and while it has many, each with a
   * change before it.
   */
  private void manySnapshots() throws IOException {
    Path directory = Files.createDirectory(brindle.path("looked-up"));
    MetadataRows.create(directory, 0, LOOKUPS, KIB_4);
    Files.createDirectory(snapshot("many-0"));
    lookupsAndReads(directory);
    String one = "with 1 snapshot";
    lookupsAndReads("one", one, directory);
    double[] creation = new double[snapshots - 1];
    for (int i = 1; i < snapshots; i++) {
      change(directory, i % LOOKUPS);
      int number = i;
      creation[i - 1] = millis(() -> Files.createDirectory(snapshot("many-" + number)));
    }
    String many = String.format("with %,d snapshots", snapshots);
    report.figure(
        "snapshot-many",
        "mkdir .snapshots/NAME, the first to the last of them",
        Measurements.median(creation),
        "ms");
    lookupsAndReads("many", many, directory);
    lookupsAndReads("oldest", many + ", in the oldest", snapshot("many-0").resolve("looked-up"));
    double deletion =
        millis(
            () -> {
              for (int i = 0; i < snapshots; i++) {
                Files.delete(snapshot("many-" + i));
              }
            });
    report.figure(
        "snapshot-delete", "rmdir .snapshots/NAME, each of them", deletion / snapshots, "ms");
  }

  private void lookupsAndReads(String name, String when, Path directory) throws IOException {
    double[] figures = lookupsAndReads(directory);
    report.figure("lookup-" + name, "lookup, " + when, figures[0], "us");
    report.figure("read-" + name, "open and read of 4 KiB, " + when, figures[1], "us");
  }

  /**
   * Medians in microseconds of a stat of a name that the kernel does not know, and of a read that
   * it has not cached.
   */
  private double[] lookupsAndReads(Path directory) throws IOException {
    forget();
    double[] lookups = new double[LOOKUPS];
    for (int i = 0; i < LOOKUPS; i++) {
      Path file = directory.resolve(MetadataRows.name(i));
      lookups[i] =
          1000
              * millis(
                  () ->
                      Files.readAttributes(
                          file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    }
    forget();
    double[] reads = new double[LOOKUPS];
    ByteBuffer buffer = ByteBuffer.allocateDirect(KIB_4);
    for (int i = 0; i < LOOKUPS; i++) {
      Path file = directory.resolve(MetadataRows.name(i));
      reads[i] = 1000 * millis(() -> read(file, buffer));
    }
    return new double[] {Measurements.median(lookups), Measurements.median(reads)};
  }

  private void forget() throws IOException {
    if (Processes.canDropCaches()) {
      Processes.dropCaches();
    } else {
      brindle.restart();
    }
  }

  private static void read(Path file, ByteBuffer buffer) throws IOException {
    try (FileChannel channel = FileChannel.open(file, READ)) {
      if (channel.read(buffer.clear()) != KIB_4) {
        throw new IOException("a short read of " + file);
      }
    }
  }

  /** A small change, so that what is made next differs from what was made before. */
  private void change(Path directory, int i) throws IOException {
    try (FileChannel channel =
        FileChannel.open(directory.resolve(MetadataRows.name(i)), CREATE, WRITE)) {
      channel.write(noise(KIB_4));
    }
  }

  private Path snapshot(String name) {
    return brindle.path(".snapshots").resolve(name);
  }

  private Path clone(String name) {
    return brindle.path(".clones").resolve(name);
  }

  private interface Work {
    void run() throws IOException;
  }

  private static double millis(Work work) throws IOException {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e6;
  }

  private ByteBuffer noise(int bytes) {
    byte[] content = new byte[bytes];
    random.nextBytes(content);
    return ByteBuffer.allocateDirect(bytes).put(content).flip();
  }
}
