import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Four clients at a time, each in a directory of its own. */
final class ParallelRows {
  private static final int CLIENTS = 4;
  private static final int KIB_4 = 4 << 10;
  private static final int MIB = 1 << 20;
  private static final String NAMES = "names";
  private static final String DATA = "data";

  private final int count;
  private final int fileMib;

  ParallelRows(boolean full) {
    count = full ? 5_000 : 1_000;
    fileMib = full ? 256 : 32;
  }

  /** What one client does, in its directory. Returns how much was done. */
  private interface Work {
    double run(Path directory) throws IOException;
  }

  List<Row> rows() {
    return List.of(
        count("create-4-clients", "create empty files", this::empty, d -> create(d)),
        count("stat-4-clients", "stat, names not cached", this::unknownNames, this::stat),
        count("unlink-4-clients", "unlink", this::names, this::unlink),
        rate("write-4k-4-clients", "sequential write, 4 KiB", this::empty, d -> write(d, KIB_4)),
        rate("read-1m-4-clients", "sequential read, 1 MiB, cold", this::data, this::read).asCold(),
        count("fsync-4-clients", "append 4 KiB, each with fsync", this::empty, this::append));
  }

  private static Row count(String name, String what, Row.Step prepare, Work work) {
    return row(name, what, Row.Unit.OPERATIONS_PER_SECOND, prepare, work);
  }

  private static Row rate(String name, String what, Row.Step prepare, Work work) {
    return row(name, what, Row.Unit.MIB_PER_SECOND, prepare, work);
  }

  private static Row row(String name, String what, Row.Unit unit, Row.Step prepare, Work work) {
    return new Row(name, what + ", 4 clients", unit, prepare, t -> inParallel(t, work));
  }

  private static double inParallel(Target target, Work work) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<Double>> results = new ArrayList<>();
      for (Path directory : directories(target)) {
        results.add(threads.submit(() -> work.run(directory)));
      }
      double amount = 0;
      for (Future<Double> result : results) {
        amount += result.get();
      }
      return amount;
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException(e);
    } finally {
      threads.shutdown();
    }
  }

  private static List<Path> directories(Target target) {
    List<Path> directories = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      directories.add(target.path("client-" + i));
    }
    return directories;
  }

  private void empty(Target target) throws IOException {
    for (Path directory : directories(target)) {
      Trees.remove(directory);
      Files.createDirectory(directory);
      Files.createDirectory(directory.resolve(NAMES));
    }
  }

  private void names(Target target) throws IOException {
    for (Path directory : directories(target)) {
      if (!Files.exists(directory.resolve(NAMES).resolve(MetadataRows.name(count - 1)))) {
        Trees.remove(directory);
        Files.createDirectories(directory.resolve(NAMES));
        create(directory);
      }
    }
  }

  private void unknownNames(Target target) throws IOException {
    names(target);
    target.forgetNames();
  }

  private void data(Target target) throws IOException {
    for (Path directory : directories(target)) {
      Files.createDirectories(directory);
      write(directory, MIB);
    }
  }

  private double create(Path directory) throws IOException {
    return MetadataRows.create(directory.resolve(NAMES), 0, count, 0);
  }

  private double stat(Path directory) throws IOException {
    return MetadataRows.stat(directory.resolve(NAMES), count);
  }

  private double unlink(Path directory) throws IOException {
    for (int i = 0; i < count; i++) {
      Files.delete(directory.resolve(NAMES).resolve(MetadataRows.name(i)));
    }
    return count;
  }

  private double write(Path directory, int unit) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(unit);
    try (FileChannel channel = newFile(directory)) {
      for (long left = (long) fileMib * MIB; left > 0; left -= unit) {
        channel.write(buffer.clear().putLong(0, left).clear());
      }
    }
    return fileMib;
  }

  private double read(Path directory) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(MIB);
    try (FileChannel channel = FileChannel.open(directory.resolve(DATA))) {
      while (channel.read(buffer.clear()) >= 0) {}
    }
    return fileMib;
  }

  private double append(Path directory) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(KIB_4);
    try (FileChannel channel = newFile(directory)) {
      for (int i = 0; i < count / 8; i++) {
        channel.write(buffer.clear());
        channel.force(false);
      }
    }
    return count / 8;
  }

  private static FileChannel newFile(Path directory) throws IOException {
    return FileChannel.open(
        directory.resolve(DATA),
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }
}
