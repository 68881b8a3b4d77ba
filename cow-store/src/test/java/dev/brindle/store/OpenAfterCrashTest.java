package dev.brindle.store;

import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.pattern;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.contract.Trees;
import dev.brindle.store.disk.CountingDisk;
import dev.brindle.store.disk.HostDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Opening after a crash costs what the log's tail costs, not what the store holds. {@code
 * -Dbrindle.full=true} measures it with 10 GiB in the store and a tail of 64 MiB, on the disk of
 * {@code java.io.tmpdir}.
 */
class OpenAfterCrashTest {
  private static final boolean FULL = Boolean.getBoolean("brindle.full");
  private static final long STORE_BYTES = FULL ? 10L << 30 : 128L << 20;
  private static final long TAIL_BYTES = FULL ? 64L << 20 : 8L << 20;
  private static final int FILE_BYTES = 1 << 20;
  private static final int FILES_IN_DIRECTORY = 200;

  /** The tail, to check and to apply; what may be behind it in two segments; and the index. */
  private static final long READ_BYTES_MAX = 2 * TAIL_BYTES + (2 * 16L << 20) + (16L << 20);

  @TempDir Path scratch;

  @Test
  void open_afterACrash_takesWhatTheTailTakes() throws IOException {
    Path path = scratch.resolve("store");
    Path crashed = scratch.resolve("crashed");
    StoreOptions options = StoreOptions.defaults().withCheckpointIntervalMillis(3_600_000);
    Store.create(path, options);
    try (Store store = Store.open(path, options)) {
      WritableFileTree tree = store.open(store.createVolume(name("volume"), 0, 0).id());
      writeFiles(tree, "first", STORE_BYTES);
      store.checkpoint();
      writeFiles(tree, "tail", TAIL_BYTES);
      store.sync();
      link(path, crashed);
    }
    long start = System.nanoTime();
    try (CountingDisk disk = new CountingDisk(new HostDisk(crashed));
        Store store = Store.open(disk, options)) {
      long readByOpening = disk.bytesRead();
      System.out.printf(
          "opened after a crash in %,d ms, %,d MiB read: %,d MiB in the store, a tail of %,d MiB%n",
          (System.nanoTime() - start) / 1_000_000,
          readByOpening >> 20,
          STORE_BYTES >> 20,
          TAIL_BYTES >> 20);
      assertTrue(readByOpening < READ_BYTES_MAX, readByOpening + " bytes");
      WritableFileTree tree = store.open(store.volume("volume").id());
      long last = TAIL_BYTES / FILE_BYTES - 1;
      long directory = tree.lookup(1, name("tail " + last / FILES_IN_DIRECTORY)).inode();
      long file = tree.lookup(directory, name("file " + last)).inode();
      assertArrayEquals(pattern(FILE_BYTES, (int) last), Trees.read(tree, file, 0, FILE_BYTES));
    }
  }

  private static void writeFiles(WritableFileTree tree, String prefix, long bytes)
      throws IOException {
    long directory = 0;
    for (int i = 0; i < bytes / FILE_BYTES; i++) {
      if (i % FILES_IN_DIRECTORY == 0) {
        directory = directory(tree, prefix + " " + i / FILES_IN_DIRECTORY);
      }
      write(tree, file(tree, directory, "file " + i), 0, pattern(FILE_BYTES, i));
    }
  }

  /**
   * The store's files as a crash leaves them. Segments behind which the log has gone on are not
   * written any more, so a link is as good as a copy; the others are copied.
   */
  private static void link(Path from, Path to) throws IOException {
    for (String directory : List.of("", "log", "checkpoints")) {
      Path target = Files.createDirectory(to.resolve(directory));
      Files.setPosixFilePermissions(target, Files.getPosixFilePermissions(from.resolve(directory)));
      try (Stream<Path> files = Files.list(from.resolve(directory))) {
        for (Path file : files.toList()) {
          linkFile(file, target.resolve(file.getFileName()), newestSegment(from));
        }
      }
    }
  }

  /** Not a spare segment: a store that is open renames it when it likes. */
  private static void linkFile(Path file, Path target, long newestSegment) throws IOException {
    String name = file.getFileName().toString();
    if (name.endsWith(".seg") && number(name) < newestSegment - 3) {
      Files.createLink(target, file);
    } else if (Files.isRegularFile(file) && !name.equals("lock") && !name.endsWith(".tmp")) {
      Files.copy(file, target);
    }
  }

  private static long number(String segment) {
    return Long.parseLong(segment.substring(0, segment.indexOf('.')), 16);
  }

  private static long newestSegment(Path store) throws IOException {
    try (Stream<Path> segments = Files.list(store.resolve("log"))) {
      return segments
          .map(path -> path.getFileName().toString())
          .filter(name -> name.endsWith(".seg"))
          .mapToLong(OpenAfterCrashTest::number)
          .max()
          .orElseThrow();
    }
  }
}
