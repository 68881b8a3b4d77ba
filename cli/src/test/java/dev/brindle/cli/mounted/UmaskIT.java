package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A store is its user's alone whatever his umask says, and what is made for him is by his umask.
 */
final class UmaskIT {
  private static final Set<PosixFilePermission> OWNERS =
      PosixFilePermissions.fromString("rwx------");

  @ParameterizedTest
  @CsvSource({"000,rwxrwxrwx,rw-rw-rw-", "002,rwxrwxr-x,rw-rw-r--", "077,rwx------,rw-------"})
  void store_mountedTwice_isPrivate(String umask, String directory, String file)
      throws IOException {
    try (MountedStore store = MountedStore.prepared().withUmask(umask)) {
      // a path so long that the socket has to be elsewhere, as daemon.address says
      store.useStore(store.base().resolve("s".repeat(100)));
      store.mount();
      store.shell().ok("umask " + umask + "; : > f");
      assertEquals(file, mode(store.path("f")));
      assertPrivate(store.store());
      store.remount();
      assertPrivate(store.store());
      store.umount();
      assertEquals(directory, mode(store.root()));
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void assertPrivate(Path store) throws IOException {
    try (Stream<Path> files = Files.walk(store)) {
      List<Path> all = files.toList();
      for (String name : List.of("daemon.log", "daemon.stderr", "daemon.address")) {
        assertTrue(all.contains(store.resolve(name)), name);
      }
      for (Path path : all) {
        assertTrue(
            OWNERS.containsAll(Files.getPosixFilePermissions(path)), path + " " + mode(path));
      }
    }
  }
}
