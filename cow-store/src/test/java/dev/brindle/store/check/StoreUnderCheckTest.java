package dev.brindle.store.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileMode;
import dev.brindle.store.Name;
import dev.brindle.store.RecoveryReport;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import dev.brindle.store.WritableFileTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A check changes nothing in a store, however it was left. */
class StoreUnderCheckTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withSegmentBlocks(1024);

  @TempDir Path base;
  private Path closed;

  /** The files of a store whose process was killed. */
  private Path killed;

  @BeforeEach
  void makeStores() throws IOException {
    closed = base.resolve("closed");
    killed = base.resolve("killed");
    Store.create(closed, OPTIONS);
    try (Store store = Store.open(closed, OPTIONS)) {
      long volume = store.createVolume(Name.of("main"), 0, 0).id();
      WritableFileTree tree = store.open(volume);
      fill(tree, "before");
      store.createSnapshot(volume, Name.of("s"));
      store.checkpoint();
      fill(tree, "after");
      store.sync();
      copy(closed, killed);
    }
  }

  private static void fill(WritableFileTree tree, String prefix) throws IOException {
    for (int i = 0; i < 200; i++) {
      Name name = Name.of(prefix + i);
      long file = tree.create(1, name, FileMode.REGULAR | 0644, 1, 2, 0).inode();
      tree.write(file, 0, ByteBuffer.wrap(new byte[10_000]));
    }
  }

  /** Not spare segments: a store that is open renames them when it likes. */
  private static void copy(Path from, Path to) throws IOException {
    for (String directory : List.of("", "log", "checkpoints")) {
      Files.copy(
          from.resolve(directory), to.resolve(directory), StandardCopyOption.COPY_ATTRIBUTES);
      try (Stream<Path> files = Files.list(from.resolve(directory))) {
        for (Path file : files.filter(path -> !path.toString().endsWith(".tmp")).toList()) {
          if (Files.isRegularFile(file)) {
            Path target = to.resolve(directory).resolve(file.getFileName());
            Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
          }
        }
      }
    }
  }

  /** The times of change and a hash of what is in it, by file; the lock has to be written. */
  private static TreeMap<String, List<Object>> content(Path store) throws IOException {
    TreeMap<String, List<Object>> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        boolean isLock = file.endsWith("lock");
        content.put(
            store.relativize(file).toString(),
            List.of(
                isLock ? "" : Files.getLastModifiedTime(file),
                Arrays.hashCode(Files.readAllBytes(file))));
      }
    }
    return content;
  }

  private static void check(Path store) throws IOException {
    TreeMap<String, List<Object>> before = content(store);
    try (Store opened = Store.openForCheck(store, OPTIONS)) {
      CheckReport report = Check.run(opened, true);
      assertEquals(List.of(), report.problems());
    }
    assertEquals(before, content(store));
  }

  @Test
  void check_ofAClosedStore_changesNoFile() throws IOException {
    check(closed);
  }

  @Test
  void check_ofAKilledStore_recoversInMemoryOnly() throws IOException {
    check(killed);
    try (Store store = Store.open(killed, OPTIONS)) {
      RecoveryReport recovery = store.status().recovery();
      assertNotNull(recovery, "what was left to recover still is");
      assertNotNull(recovery.end(), "and how the process ended is still known");
      WritableFileTree tree = store.open(store.volume("main").id());
      assertEquals(10_000, tree.getattr(tree.lookup(1, Name.of("after199")).inode()).size());
    }
  }

  @Test
  void check_thatCannotOpenTheStore_changesNoFile() throws IOException {
    try (Stream<Path> segments = Files.list(killed.resolve("log"))) {
      for (Path segment : (Iterable<Path>) segments::iterator) {
        Files.delete(segment);
      }
    }
    TreeMap<String, List<Object>> before = content(killed);
    assertThrows(CorruptStoreException.class, () -> Store.openForCheck(killed, OPTIONS).close());
    assertEquals(before, content(killed));
  }
}
