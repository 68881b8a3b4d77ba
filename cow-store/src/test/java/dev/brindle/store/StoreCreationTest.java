package dev.brindle.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory that no store can be made in stays as it was. */
class StoreCreationTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withSegmentBlocks(1024);

  @TempDir Path directory;

  @BeforeEach
  void open() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Modes, and what is in files, by path. */
  private TreeMap<String, String> content() throws IOException {
    TreeMap<String, String> content = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        content.put(
            path.toString(),
            PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
                + (Files.isRegularFile(path) ? Files.readString(path) : ""));
      }
    }
    return content;
  }

  private void expectRefusal() throws IOException {
    TreeMap<String, String> before = content();
    assertThrows(DirectoryNotEmptyException.class, () -> Store.create(directory, OPTIONS));
    assertEquals(before, content());
  }

  @Test
  void create_amongOtherFiles_changesNothing() throws IOException {
    Files.writeString(directory.resolve("letter"), "dear");
    expectRefusal();
    Files.writeString(directory.resolve("lock"), "mine");
    expectRefusal();
  }

  @Test
  void create_whereAForeignLockIsAlone_changesNothing() throws IOException {
    Path lock = Files.writeString(directory.resolve("lock"), "mine");
    expectRefusal();
    Files.delete(lock);
    Files.createDirectory(lock);
    expectRefusal();
  }

  @Test
  void create_whereAnAttemptWasKilled_succeeds() throws IOException {
    Path lock =
        Files.writeString(
            directory.resolve("lock"), "process 7 (brindle) since 2026-01-01T00:00:00Z\n");
    Files.setPosixFilePermissions(lock, PosixFilePermissions.fromString("rw-------"));
    Store.create(directory, OPTIONS);
    Store.open(directory, OPTIONS).close();
  }

  @Test
  void create_whereAStoreIs_leavesItOpenToItsHolder() throws IOException {
    Store.create(directory, OPTIONS);
    try (Store store = Store.open(directory, OPTIONS)) {
      assertThrows(FileAlreadyExistsException.class, () -> Store.create(directory, OPTIONS));
      store.createVolume(Name.of("main"), 0, 0);
    }
  }
}
