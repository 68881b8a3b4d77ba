package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Two ordinary users on one mount with {@code allow_other}, as root makes it: what modes keep from
 * them is kept from them by every way. The users are just numbers, which nobody else has.
 */
final class SecurityIT {
  @RegisterExtension static final MountedStore STORE = new MountedStore();

  private static final int ALICE = 541_001;
  private static final int BOB = 541_002;

  @BeforeAll
  static void requireRoot() {
    MountedStore.requireRoot();
  }

  private static Output as(int user, Path directory, String script) {
    return Shell.in(Path.of("/"))
        .with("THERE", directory)
        .run(
            List.of(
                "setpriv",
                "--reuid=" + user,
                "--regid=" + user,
                "--clear-groups",
                "--bounding-set=-all",
                "sh",
                "-euc",
                "cd \"$THERE\"; " + script));
  }

  private static void allowed(int user, Path directory, String script) {
    as(user, directory, script).expectSuccess();
  }

  private static void refused(int user, Path directory, String script, String error) {
    as(user, directory, script).expectFailure(error);
  }

  /** A directory of Alice's, in which others may look. */
  private static Path alices(String name) throws IOException {
    Path there = STORE.directory(name);
    Shell.in(there).ok("chown " + ALICE + ":" + ALICE + " .; chmod 755 .");
    return there;
  }

  @Test
  void modes_holdInTheVolumeItsSnapshotsAndClones() throws IOException {
    Path there = alices("modes");
    allowed(
        ALICE,
        there,
        "umask 022; mkdir closed open; echo secret > closed/f; chmod 700 closed;"
            + " echo mine > open/own; chmod 600 open/own; echo all > open/all");
    Shell.in(STORE.root()).ok("mkdir .snapshots/modes .clones/modes");
    List<Path> places =
        List.of(
            there,
            STORE.path(".snapshots/modes/modes"),
            there.resolve(".snapshots/modes"),
            STORE.path(".clones/modes/modes"));
    for (Path place : places) {
      allowed(ALICE, place, "test $(cat closed/f) = secret; test $(cat open/own) = mine");
      refused(BOB, place, "cat closed/f", "Permission denied");
      refused(BOB, place, "ls closed", "Permission denied");
      refused(BOB, place, "ls closed/.snapshots", "Permission denied");
      refused(BOB, place, "cat open/own", "Permission denied");
      allowed(BOB, place, "test $(cat open/all) = all");
      assertFalse(as(BOB, place, "echo x > open/all").status() == 0);
      assertFalse(as(BOB, place, "rm -f open/all").status() == 0);
    }
    Shell.in(STORE.root()).ok("rmdir .clones/modes .snapshots/modes");
  }

  @Test
  void versions_areMadeRenamedAndDeletedByTheRootsOwnerOnly() throws IOException {
    Path bobs = STORE.directory("bobs");
    Shell.in(bobs).ok("chown " + BOB + " .; chmod 777 .; mkdir sub; chmod 777 sub");
    Shell.in(STORE.root()).ok("mkdir .snapshots/kept .clones/kept");
    // by its modes the kernel refuses as well, before anybody asks whose the root is
    String no = "ermi";
    for (Path place : List.of(STORE.root(), bobs, bobs.resolve("sub"))) {
      refused(BOB, place, "mkdir .snapshots/x", no);
      refused(BOB, place, "rmdir .snapshots/kept", no);
      refused(BOB, place, "mv -T .snapshots/kept .snapshots/x", no);
    }
    refused(BOB, STORE.root(), "mkdir .clones/x", no);
    refused(BOB, STORE.root(), "rmdir .clones/kept", no);
    refused(BOB, STORE.root(), "mv -T .clones/kept .clones/x", no);
    refused(BOB, STORE.root(), "mkdir .snapshots/kept/.clones/x", no);
    Shell.in(STORE.root()).ok("test -d .snapshots/kept; test -d .clones/kept");
    Shell.in(STORE.root()).ok("chown " + ALICE + " .");
    try {
      refused(BOB, bobs, "mkdir .snapshots/x", no);
      allowed(
          ALICE,
          STORE.root(),
          "mkdir .snapshots/x; mv -T .snapshots/x .snapshots/y; rmdir .snapshots/y .clones/kept");
    } finally {
      Shell.in(STORE.root()).ok("chown 0 .");
    }
    Shell.in(STORE.root()).ok("rmdir .snapshots/kept");
  }

  /** Every way by which one may try to get at a file of a snapshot. */
  private static List<Path> ways(Path top, String path, String snapshot) {
    List<Path> ways = new ArrayList<>();
    Path relative = STORE.root().relativize(top).resolve(path);
    for (int i = 0; i < relative.getNameCount(); i++) {
      Path host = i == 0 ? STORE.root() : STORE.root().resolve(relative.subpath(0, i));
      Path rest = relative.subpath(i, relative.getNameCount());
      ways.add(host.resolve(".snapshots").resolve(snapshot).resolve(rest));
    }
    return ways;
  }

  /** The kernel believes attributes for a second. */
  private static void expectReadable(int user, List<Path> ways, boolean readable) {
    long end = System.nanoTime() + 20_000_000_000L;
    for (Path way : ways) {
      Output output = as(user, Path.of("/"), "cat '" + way + "'");
      while ((output.status() == 0) != readable && System.nanoTime() < end) {
        output = as(user, Path.of("/"), "sleep 0.1; cat '" + way + "'");
      }
      Output last = output;
      assertEquals(readable, last.status() == 0, () -> user + " and " + way + ": " + last);
    }
  }

  @Test
  void whatWasClosed_isClosedInItsPast_atAnyDepth() throws IOException {
    Path top = alices("closing");
    allowed(ALICE, top, "umask 022; mkdir -p a/b/c/d; echo secret > a/b/c/d/f");
    Shell.in(STORE.root()).ok("mkdir .snapshots/closing");
    List<Path> ways = ways(top, "a/b/c/d/f", "closing");
    expectReadable(BOB, ways, true);
    for (String closed : List.of("a", "a/b", "a/b/c", "a/b/c/d")) {
      allowed(ALICE, top, "chmod 700 " + closed);
      expectReadable(ALICE, ways, true);
      expectReadable(BOB, ways, false);
      allowed(ALICE, top, "chmod 755 " + closed);
      expectReadable(BOB, ways, true);
    }
    Shell.in(STORE.root()).ok("rmdir .snapshots/closing");
  }

  @Test
  void whatMovedIntoAClosedDirectory_isClosedInItsPast() throws IOException {
    Path top = alices("moving");
    allowed(
        ALICE,
        top,
        "umask 022; mkdir -p open/x/y private; echo secret > open/x/y/f; chmod 700 private");
    Shell.in(STORE.root()).ok("mkdir .snapshots/moving");
    List<Path> past =
        List.of(
            STORE.path(".snapshots/moving/moving/open/x/y/f"),
            top.resolve(".snapshots/moving/open/x/y/f"),
            top.resolve("open/.snapshots/moving/x/y/f"));
    expectReadable(BOB, past, true);
    allowed(ALICE, top, "mv open/x private/x");
    expectReadable(BOB, past, false);
    expectReadable(ALICE, past, true);
    allowed(ALICE, top, "mv private/x open/x; mv open/x/y private/y");
    expectReadable(BOB, past, false);
    allowed(ALICE, top, "rmdir open/x");
    expectReadable(BOB, past, false);
    allowed(ALICE, top, "mkdir open/x; mv private/y open/x/y; mv open renamed; chmod 700 renamed");
    expectReadable(BOB, past.subList(0, 2), false);
    Shell.in(STORE.root()).ok("rmdir .snapshots/moving");
  }

  @Test
  void whatWasRemovedBelowADirectoryThatWasClosed_isClosedInItsPast() throws IOException {
    Path top = alices("removing");
    allowed(
        ALICE,
        top,
        "umask 022; mkdir -p a/b/c/d; echo secret > a/b/c/d/f; chmod 700 a; chmod 755 .");
    Shell.in(STORE.root()).ok("mkdir .snapshots/removing");
    List<Path> ways = ways(top, "a/b/c/d/f", "removing");
    for (String step : List.of("chmod 755 a", "rm -r a/b/c/d", "rm -r a/b/c", "rm -r a")) {
      allowed(ALICE, top, step);
      expectReadable(BOB, ways, false);
      expectReadable(ALICE, ways.subList(0, 2), true);
    }
    Shell.in(STORE.root()).ok("rmdir .snapshots/removing");
  }

  @Test
  void aSnapshotOfAClone_followsTheClone() throws IOException {
    Path top = alices("cloned");
    allowed(ALICE, top, "umask 022; mkdir -p d/e; echo secret > d/e/f");
    Shell.in(STORE.root()).ok("mkdir .clones/cloned .clones/cloned/.snapshots/s");
    List<Path> past =
        List.of(
            STORE.path(".clones/cloned/.snapshots/s/cloned/d/e/f"),
            STORE.path(".clones/cloned/cloned/.snapshots/s/d/e/f"));
    expectReadable(BOB, past, true);
    allowed(ALICE, STORE.path(".clones/cloned/cloned"), "chmod 700 d");
    expectReadable(BOB, past, false);
    expectReadable(BOB, List.of(STORE.path(".clones/cloned/cloned/d/e/f")), false);
    expectReadable(BOB, List.of(top.resolve("d/e/f")), true);
    Shell.in(STORE.root()).ok("rmdir .clones/cloned/.snapshots/s .clones/cloned");
  }

  @Test
  void setUserIdAndDevices_areOff_unlessAskedFor() throws IOException {
    String make =
        "mkdir D; cp \"$(command -v id)\" D/id; chown 0:0 D/id; chmod 4755 D/id;"
            + " mknod D/null c 1 3; chmod 666 D/null";
    try (MountedStore off = MountedStore.mounted()) {
      Shell.in(off.root()).ok(make);
      assertTrue(options(off).matches(".*nosuid.*nodev.*"), () -> options(off));
      assertEquals("" + BOB, as(BOB, off.root(), "D/id -u").expectSuccess().line());
      refused(BOB, off.root(), "cat D/null", "Permission denied");
    }
    try (MountedStore on = MountedStore.mounted("--suid", "--dev")) {
      Shell.in(on.root()).ok(make);
      assertFalse(options(on).matches(".*(nosuid|nodev).*"), () -> options(on));
      assertEquals("0", as(BOB, on.root(), "D/id -u").expectSuccess().line());
      allowed(BOB, on.root(), "cat D/null");
    }
  }

  private static String options(MountedStore store) {
    try {
      return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
          .filter(line -> line.split(" ")[1].equals(store.root().toString()))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void store_isNotOpenedByOthers_norWhenOthersCanGetIn() {
    try (MountedStore store = MountedStore.mounted()) {
      refused(BOB, Path.of("/"), "cat " + store.store() + "/superblock", "Permission denied");
      store.umount();
      store.awaitEnd();
      Shell.in(store.store()).ok("chmod 755 .");
      store.tryMount(store.root(), store.store()).expectStatus(4).expectFailure("chmod 700 ");
      Shell.in(store.store())
          .ok(
              "chmod 700 .; ln -s /etc/passwd daemon.stderr.new;"
                  + " rm -f daemon.stderr; mv daemon.stderr.new daemon.stderr");
      store.tryMount(store.root(), store.store()).expectStatus(4).expectFailure("symbolic link");
      Shell.in(store.store()).ok("rm daemon.stderr");
      store.mount();
    }
  }
}
