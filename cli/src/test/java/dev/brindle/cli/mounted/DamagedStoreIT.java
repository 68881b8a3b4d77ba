package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Stores that lost files: what is said, with which status, and that what is named brings back. */
final class DamagedStoreIT {
  private static final String CONTENT = "kept".repeat(5_000);

  /** A store with a file, unmounted. */
  private static MountedStore filled() throws IOException {
    MountedStore store = MountedStore.mounted();
    Files.writeString(store.path("file"), CONTENT);
    store.umount();
    store.awaitEnd();
    return store;
  }

  private static void refused(MountedStore store, int status, String sentence, String... verb) {
    Object[] words = new Object[verb.length + 1];
    System.arraycopy(verb, 0, words, 0, verb.length);
    words[verb.length] = store.store();
    Brindle.run(words).expectStatus(status).expectFailure(sentence);
  }

  private static void mountRefused(MountedStore store, int status, String sentence) {
    store.tryMount(store.root(), store.store()).expectStatus(status).expectFailure(sentence);
  }

  private static void expectMountable(MountedStore store) throws IOException {
    store.mount();
    assertEquals(CONTENT, Files.readString(store.path("file")));
  }

  @Test
  void superblock_missingOrDamaged_isNamedByAll_andComesBack() throws IOException {
    try (MountedStore store = filled()) {
      Path superblock = store.store().resolve("superblock");
      for (boolean missing : new boolean[] {true, false}) {
        if (missing) {
          Files.delete(superblock);
        } else {
          Files.write(superblock, new byte[10]);
        }
        String rebuild = "brindle check --rebuild-index " + store.store();
        refused(store, 6, rebuild, "status");
        refused(store, 6, rebuild, "check");
        refused(store, 6, rebuild, "check", "--repair");
        refused(store, 4, store.store().toString(), "init");
        mountRefused(store, 6, rebuild);
        Brindle.run("check", "--rebuild-index", store.store()).expectSuccess();
      }
      expectMountable(store);
    }
  }

  /** Nothing tells that this was a store but the files that hold its data: they are not deleted. */
  @Test
  void superblock_missingWithItsCopy_letsNoNewStoreTakeItsPlace() throws IOException {
    try (MountedStore store = filled()) {
      Path superblock = store.store().resolve("superblock");
      Path saved = Files.move(superblock, store.base().resolve("superblock"));
      Files.delete(store.store().resolve("checkpoints/superblock"));
      Shell.in(store.store()).ok("rm -f daemon.*");
      String backup = "put either of them back from a backup";
      refused(store, 6, backup, "check");
      refused(store, 6, backup, "check", "--repair");
      refused(store, 4, store.store().toString(), "init");
      mountRefused(store, 6, backup);
      Files.move(saved, superblock);
      expectMountable(store);
    }
  }

  @Test
  void index_missing_isDamage_alsoForAMount() throws IOException {
    try (MountedStore store = filled()) {
      Files.delete(store.store().resolve("index.db"));
      mountRefused(store, 6, "check --rebuild-index");
      Brindle.run("check", "--rebuild-index", store.store()).expectSuccess();
      expectMountable(store);
    }
  }

  @Test
  void log_missing_isDamage_andTheNamesComeBack() throws IOException {
    try (MountedStore store = filled()) {
      Shell.in(store.store()).ok("rm -r log");
      refused(store, 6, "brindle check --repair", "status");
      refused(store, 6, "brindle check --repair", "check");
      mountRefused(store, 6, "brindle check --repair");
      Brindle.run("check", "--repair", store.store()).expectSuccess();
      store.mount();
      assertEquals(CONTENT.length(), Files.size(store.path("file")));
      assertThrows(IOException.class, () -> Files.readString(store.path("file")));
      Files.writeString(store.path("new"), CONTENT);
      assertEquals(CONTENT, Files.readString(store.path("new")));
    }
  }

  /** A stopped process answers nobody; a command says so instead of waiting for it. */
  @Test
  void daemon_stopped_isNamedByAll_andGoesOn() throws IOException {
    try (MountedStore store = MountedStore.mounted()) {
      Files.writeString(store.path("file"), CONTENT);
      long daemon = store.daemonPid();
      Shell here = Shell.in(Path.of("/"));
      here.ok("kill -STOP " + daemon);
      try {
        String advice = "kill -CONT " + daemon;
        refused(store, 1, advice, "status");
        refused(store, 1, advice, "df");
        refused(store, 1, advice, "umount");
        Brindle.run("umount", store.root()).expectStatus(1).expectFailure(advice);
        Output list = Brindle.run("status").expectSuccess();
        assertEquals(1, list.err().lines().filter(line -> line.endsWith(advice)).count());
      } finally {
        here.ok("kill -CONT " + daemon);
      }
      assertEquals(CONTENT, Files.readString(store.path("file")));
    }
  }

  /** The log's directory goes from under an open store. */
  @Test
  void umount_ofAStoreThatCouldNotWrite_saysThatSomethingMayBeLost() throws IOException {
    try (MountedStore store = MountedStore.mounted()) {
      Files.writeString(store.path("file"), CONTENT);
      store.shell().ok("sync file");
      Path log = store.store().resolve("log");
      Path away = Files.move(log, store.base().resolve("log"));
      store.shell().ok("head -c 200M /dev/zero > lost || true");
      Brindle.run("umount", store.root())
          .expectStatus(1)
          .expectFailure("what was not synced may be lost")
          .expectFailure("daemon.log")
          .expectNoStackTrace();
      store.awaitEnd();
      Files.move(away, log);
      expectMountable(store);
      store.umount();
    }
  }
}
