package dev.brindle.store.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.Store;
import dev.brindle.store.StoreNotPrivateException;
import dev.brindle.store.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that others may have had their hands in are not opened. */
class StorePrivacyTest {
  private static final StoreOptions OPTIONS = StoreOptions.defaults().withSegmentBlocks(1024);

  @TempDir Path base;
  private Path store;

  @BeforeEach
  void create() throws IOException {
    store = base.resolve("store");
    Store.create(store, OPTIONS);
    Store.open(store, OPTIONS).close();
  }

  private void expectRefusal(String sentence) {
    StoreNotPrivateException refused =
        assertThrows(StoreNotPrivateException.class, () -> Store.open(store, OPTIONS).close());
    assertTrue(String.valueOf(refused.getMessage()).contains(sentence), refused::getMessage);
  }

  private static void chmod(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @Test
  void directoryThatOthersCanEnter_isRefusedWithTheWayOut() throws IOException {
    for (String mode : new String[] {"rwxr-x---", "rwx-----x", "rwx--x---", "rwx----w-"}) {
      chmod(store, mode);
      expectRefusal("chmod 700 " + store);
    }
    chmod(store, "rwx------");
    Store.open(store, OPTIONS).close();
  }

  @Test
  void plantedLinks_areRefusedWhereverTheyAre() throws IOException {
    Path elsewhere = Files.writeString(base.resolve("elsewhere"), "precious");
    for (String name :
        new String[] {
          "superblock",
          "index.db",
          "index.journal",
          "lock",
          "daemon.log",
          "daemon.0.log",
          "daemon.stderr",
          "daemon.sock",
          "daemon.address",
          "log/0000000000000001.seg"
        }) {
      Path file = store.resolve(name);
      Path kept = base.resolve("kept");
      boolean existed = Files.exists(file);
      if (existed) {
        Files.move(file, kept);
      }
      Files.createSymbolicLink(file, existed ? kept : elsewhere);
      expectRefusal(file + " is a symbolic link");
      Files.delete(file);
      if (existed) {
        Files.move(kept, file);
      }
    }
    Path log = store.resolve("log");
    Files.move(log, base.resolve("moved"));
    Files.createSymbolicLink(log, base.resolve("moved"));
    expectRefusal(log + " is a symbolic link");
    assertEquals("precious", Files.readString(elsewhere));
  }

  @Test
  void plantedPipes_areRefusedAndNotWaitedFor() throws Exception {
    for (String name :
        new String[] {
          "superblock",
          "index.db",
          "index.journal",
          "lock",
          "daemon.stderr",
          "log/0000000000000001.seg",
          "checkpoints/0.journal"
        }) {
      Path file = store.resolve(name);
      Path kept = base.resolve("kept");
      boolean existed = Files.exists(file);
      if (existed) {
        Files.move(file, kept);
      }
      assertEquals(0, new ProcessBuilder("mkfifo", "-m600", file.toString()).start().waitFor());
      expectRefusal(file + " is a pipe or a device");
      Files.delete(file);
      if (existed) {
        Files.move(kept, file);
      }
    }
    Store.open(store, OPTIONS).close();
  }

  @Test
  void fileThatOthersCanWrite_isRefused() throws IOException {
    Path index = store.resolve("index.db");
    chmod(index, "rw-rw----");
    expectRefusal("chmod go-w " + index);
  }

  @Test
  void othersStoreOrFile_isRefused() throws IOException {
    Assumptions.assumeTrue(StorePrivacy.user() == 0, "takes root");
    Path index = store.resolve("index.db");
    Files.setAttribute(index, "unix:uid", 12345);
    expectRefusal("chown 0 " + index);
    Files.setAttribute(index, "unix:uid", 0);
    Files.setAttribute(store, "unix:uid", 12345);
    expectRefusal("belongs to the user");
  }

  @Test
  void create_inAnOpenDirectory_closesIt() throws IOException {
    Path open = Files.createDirectory(base.resolve("open"));
    chmod(open, "rwxrwxrwx");
    Store.create(open, OPTIONS);
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(open)));
    Store.open(open, OPTIONS).close();
  }
}
