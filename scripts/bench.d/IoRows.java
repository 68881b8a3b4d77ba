import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Reading and writing one file, in sequence and at random, in 1 MiB and in 4 KiB. */
final class IoRows {
  private static final int MIB = 1 << 20;
  private static final int KIB_4 = 4 << 10;
  private static final String FILE = "data";
  private static final String NEW_FILE = "written";

  /** Apart from the one that is read: a copy-on-write file system scatters it. */
  private static final String OVERWRITTEN_FILE = "overwritten";

  /** So large that what a file system reads beyond a piece is seldom the next piece. */
  private static final String LARGE_FILE = "large";

  /** As much of it is read. */
  private static final int LARGE_SHARE = 8;

  /** As a database has them that finds most in memory. */
  private static final int READS_PER_WRITE = 4;

  private final int fileMib;
  private final int largeMib;
  private final int count;
  private final Random random = new Random(1);

  IoRows(boolean full) {
    fileMib = full ? 1024 : 128;
    largeMib = full ? 1024 : 512;
    count = full ? 20_000 : 4_000;
  }

  List<Row> rows() {
    return List.of(
        rate("write-1m", "sequential write, 1 MiB", this::noFile, t -> write(t, MIB, false)),
        rate(
            "write-1m-sync",
            "the same, with fsync at the end",
            this::noFile,
            t -> write(t, MIB, true)),
        rate("write-4k", "sequential write, 4 KiB", this::noFile, t -> write(t, KIB_4, false)),
        rate(
            "write-4k-sync",
            "the same, with fsync at the end",
            this::noFile,
            t -> write(t, KIB_4, true)),
        rate("read-1m-cold", "sequential read, 1 MiB, cold", this::file, t -> read(t, MIB))
            .asCold(),
        rate(
                "read-1m-cold-overwritten",
                "sequential read, 1 MiB, cold, overwritten at random",
                this::scattered,
                t -> read(t.path(OVERWRITTEN_FILE), MIB))
            .asCold(),
        rate(
            "read-1m-warm",
            "sequential read, 1 MiB, warm",
            this::fileRead,
            t -> read(t, MIB)),
        rate("read-4k-cold", "sequential read, 4 KiB, cold", this::file, t -> read(t, KIB_4))
            .asCold(),
        rate(
            "read-4k-warm",
            "sequential read, 4 KiB, warm",
            this::fileRead,
            t -> read(t, KIB_4)),
        count(
                "random-read-4k-cold",
                "random read, 4 KiB, cold",
                this::file,
                t -> readAt(t.path(FILE), KIB_4, count))
            .asCold(),
        count(
            "random-read-4k-warm",
            "random read, 4 KiB, warm",
            this::fileRead,
            t -> readAt(t.path(FILE), KIB_4, 10 * count)),
        rate(
                "random-read-1m-cold",
                "random read, 1 MiB, cold",
                this::large,
                t -> readAt(t.path(LARGE_FILE), MIB, largeMib / LARGE_SHARE))
            .asCold(),
        count(
            "random-write-4k",
            "random overwrite, 4 KiB",
            this::overwritten,
            t -> writeAt(t, KIB_4, count, false)),
        rate(
            "random-write-1m",
            "random overwrite, 1 MiB",
            this::overwritten,
            t -> writeAt(t, MIB, fileMib, false)),
        count(
            "random-mixed-4k",
            "random overwrites of 4 KiB, each followed by four reads",
            this::overwritten,
            t -> mixed(t, count)),
        count(
            "write-4k-fsync",
            "random overwrite, 4 KiB, each with fsync",
            this::overwritten,
            t -> writeAt(t, KIB_4, count / 8, true)),
        count(
            "append-fsync",
            "append 4 KiB, each with fsync",
            this::noFile,
            t -> append(t, count / 8)),
        new Row(
            "copy-file",
            "cp --reflink=auto of the file that is read",
            Row.Unit.SECONDS,
            this::fileAlone,
            IoRows::copy));
  }

  private static Row rate(String name, String what, Row.Step prepare, Row.Measure measure) {
    return new Row(name, what, Row.Unit.MIB_PER_SECOND, prepare, measure);
  }

  private static Row count(String name, String what, Row.Step prepare, Row.Measure measure) {
    return new Row(name, what, Row.Unit.OPERATIONS_PER_SECOND, prepare, measure);
  }

  private void noFile(Target target) throws IOException {
    Files.deleteIfExists(target.path(NEW_FILE));
  }

  private void file(Target target) throws IOException {
    whole(target.path(FILE), fileMib);
  }

  private void overwritten(Target target) throws IOException {
    whole(target.path(OVERWRITTEN_FILE), fileMib);
  }

  private void large(Target target) throws IOException {
    whole(target.path(LARGE_FILE), largeMib);
  }

  /** Written anew: what other rows have overwritten of it would be scattered, too. */
  private void scattered(Target target) throws IOException {
    write(target.path(OVERWRITTEN_FILE), fileMib, MIB, true);
    writeAt(target, KIB_4, count, false);
  }

  private void whole(Path file, int mib) throws IOException {
    if (!Files.exists(file) || Files.size(file) != (long) mib * MIB) {
      write(file, mib, MIB, true);
    }
  }

  private void fileAlone(Target target) throws IOException {
    file(target);
    noFile(target);
  }

  private void fileRead(Target target) throws IOException {
    file(target);
    read(target, MIB);
  }

  private double write(Target target, int unit, boolean sync) throws IOException {
    return write(target.path(NEW_FILE), fileMib, unit, sync);
  }

  private double write(Path file, int mib, int unit, boolean sync) throws IOException {
    ByteBuffer buffer = noise(unit);
    try (FileChannel channel = FileChannel.open(file, CREATE, TRUNCATE_EXISTING, WRITE)) {
      for (long left = (long) mib * MIB; left > 0; left -= unit) {
        channel.write(buffer.clear());
      }
      if (sync) {
        channel.force(true);
      }
    }
    return mib;
  }

  private double read(Target target, int unit) throws IOException {
    return read(target.path(FILE), unit);
  }

  private double read(Path file, int unit) throws IOException {
    long total = readAll(file, unit);
    if (total != (long) fileMib * MIB) {
      throw new IOException("read " + total + " bytes of " + file);
    }
    return fileMib;
  }

  /** Reads a file from its beginning to its end. Returns the bytes that it has. */
  static long readAll(Path file, int unit) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(unit);
    long total = 0;
    try (FileChannel channel = FileChannel.open(file, READ)) {
      for (int n = channel.read(buffer.clear()); n >= 0; n = channel.read(buffer.clear())) {
        total += n;
      }
    }
    return total;
  }

  private double readAt(Path file, int unit, int times) throws IOException {
    readAt(file, unit, times, random);
    return times;
  }

  /**
   * Reads single pieces of a file, at random places, none twice before all have been read: a piece
   * that comes again is not cold.
   */
  static void readAt(Path file, int unit, int times, Random random) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(unit);
    try (FileChannel channel = FileChannel.open(file, READ)) {
      int pieces = (int) (channel.size() / unit);
      int places = Integer.highestOneBit(2 * pieces - 1);
      int place = random.nextInt(places);
      for (int i = 0; i < times; i++) {
        do {
          place = following(place, places);
        } while (place >= pieces);
        channel.read(buffer.clear(), (long) place * unit);
      }
    }
  }

  /** A linear congruential generator of full period (Knuth, TAOCP 3.2.1.2); places: a power of 2. */
  private static int following(int place, int places) {
    return (place * 1_664_525 + 1_013_904_223) & (places - 1);
  }

  /** Overwrites the file that is overwritten. Returns how many pieces were. */
  private double writeAt(Target target, int unit, int times, boolean synced) throws IOException {
    overwrite(target.path(OVERWRITTEN_FILE), noise(unit), times, synced, random);
    return times;
  }

  /** Overwrites single pieces of a file, at random places. */
  static void overwrite(Path file, ByteBuffer piece, int times, boolean synced, Random random)
      throws IOException {
    try (FileChannel channel = FileChannel.open(file, WRITE)) {
      int pieces = (int) (channel.size() / piece.capacity());
      for (int i = 0; i < times; i++) {
        channel.write(piece.clear(), (long) random.nextInt(pieces) * piece.capacity());
        if (synced) {
          channel.force(false);
        }
      }
    }
  }

  private double mixed(Target target, int times) throws IOException {
    ByteBuffer piece = noise(KIB_4);
    ByteBuffer read = ByteBuffer.allocateDirect(KIB_4);
    try (FileChannel channel = FileChannel.open(target.path(OVERWRITTEN_FILE), READ, WRITE)) {
      int pieces = (int) (channel.size() / KIB_4);
      for (int i = 0; i < times; i++) {
        channel.write(piece.clear(), (long) random.nextInt(pieces) * KIB_4);
        for (int j = 0; j < READS_PER_WRITE; j++) {
          channel.read(read.clear(), (long) random.nextInt(pieces) * KIB_4);
        }
      }
    }
    return times;
  }

  private double append(Target target, int times) throws IOException {
    writeSynced(target.path(NEW_FILE), noise(KIB_4), times);
    return times;
  }

  /** Writes the same piece to a file again and again, each time with an fsync. */
  static void writeSynced(Path file, ByteBuffer piece, int times) throws IOException {
    try (FileChannel channel = FileChannel.open(file, CREATE, WRITE)) {
      for (int i = 0; i < times; i++) {
        channel.write(piece.clear());
        channel.force(false);
      }
    }
  }

  private static double copy(Target target) throws IOException {
    Processes.run(target.mount, "cp", "--reflink=auto", FILE, NEW_FILE);
    return 1;
  }

  private ByteBuffer noise(int bytes) {
    byte[] content = new byte[bytes];
    random.nextBytes(content);
    return ByteBuffer.allocateDirect(bytes).put(content);
  }
}
