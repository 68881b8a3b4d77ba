package dev.brindle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.control.StoreControl;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.Store;
import dev.brindle.store.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores of the host, without a daemon. */
final class DirectAccessTest {
  @TempDir Path base;
  private final DirectAccess access = new DirectAccess();
  private Path store;

  @BeforeEach
  void nameStore() throws IOException {
    store = base.toRealPath().resolve("store");
  }

  private TreeMap<String, Integer> content() throws IOException {
    TreeMap<String, Integer> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        content.put(file.toString(), Arrays.hashCode(Files.readAllBytes(file)));
      }
    }
    return content;
  }

  @Test
  void check_changesNoFile() throws IOException {
    access.create(store, "main");
    TreeMap<String, Integer> before = content();

    assertTrue(access.check(store, true).isSound());

    assertEquals(before, content());
  }

  @Test
  void create_nameThatIsNotAllowed_makesNothing() {
    assertThrows(FileSystemException.class, () -> access.create(store, "a/b"));

    assertFalse(Files.exists(store));
  }

  @Test
  void create_storeWithoutVolumes_getsOne() throws IOException {
    Store.create(store, StoreOptions.defaults());

    access.create(store, "photos");

    try (StoreControl opened = access.openLocally(store)) {
      assertEquals("photos", opened.volumes().get(0).fullName());
    }
  }
}
