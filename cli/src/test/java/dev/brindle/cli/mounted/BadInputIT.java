package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a user may get wrong, and what a machine may lack: a sentence, a status, nothing lost. */
final class BadInputIT {
  @RegisterExtension static final MountedStore STORE = new MountedStore();

  private static final String LONG = "n".repeat(128);

  private static void refused(int status, String sentence, Object... words) throws IOException {
    Path kept = STORE.path("kept");
    Files.writeString(kept, "kept");
    Brindle.run(words).expectStatus(status).expectFailure(sentence);
    assertEquals("kept", Files.readString(kept));
  }

  @Test
  void mountPoint_thatCannotBeOne_isRefused() throws IOException {
    Path base = STORE.base();
    Path file = Files.writeString(base.resolve("file"), "x");
    Path full = Files.createDirectory(base.resolve("full"));
    Files.writeString(full.resolve("own"), "own");
    Path link = Files.createSymbolicLink(base.resolve("link"), base.resolve("nothing"));

    refused(4, file + " is not a directory", "mount", STORE.store(), file);
    refused(4, full + " is not empty", "mount", STORE.store(), full);
    refused(4, link + " is a symbolic link to nothing", "mount", STORE.store(), link);
    refused(4, "is inside the store " + STORE.store(), "mount", STORE.store(), STORE.store());
    Path inside = STORE.store().resolve("mnt");
    refused(4, "is inside the store " + STORE.store(), "mount", STORE.store(), inside);
    refused(4, STORE.root() + " is a mount point already", "mount", STORE.store(), STORE.root());
    refused(
        4,
        "the directory " + base.resolve("no") + " does not exist",
        "mount",
        STORE.store(),
        base.resolve("no/where"));
    refused(2, "Missing required parameter", "mount", STORE.store());

    Path newStore = base.resolve("new");
    refused(4, file + " is not a directory", "mount", newStore, file);
    refused(4, full + " is not empty", "mount", newStore, full);
    refused(4, STORE.root() + " is a mount point already", "mount", newStore, STORE.root());
    refused(4, "is inside the store " + newStore, "mount", newStore, newStore);
    refused(
        4,
        "the directory " + base.resolve("no") + " does not exist",
        "mount",
        newStore,
        base.resolve("no/where"));
    assertFalse(Files.exists(newStore), "a mistake leaves no store");

    assertEquals("x", Files.readString(file));
    assertEquals("own", Files.readString(full.resolve("own")));
    assertFalse(Files.exists(inside));
    assertFalse(Files.exists(base.resolve("nothing")));
  }

  @Test
  void store_thatIsNone_isRefused() throws IOException {
    Path base = STORE.base();
    Path nothing = base.resolve("nothing-here");
    refused(3, nothing + " is neither a store nor on a Brindle mount", "df", nothing);
    refused(3, nothing + " is neither a store nor on a Brindle mount", "diff", nothing + "@a");
    refused(3, nothing.toString(), "check", nothing);
    assertFalse(Files.exists(nothing));

    Path home = Files.createDirectory(base.resolve("home"));
    Files.writeString(home.resolve("letter"), "dear");
    Files.writeString(home.resolve("lock"), "mine");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    refused(4, home + " is no store, and not empty", "mount", home, base.resolve("elsewhere"));
    refused(4, home + " is no store, and not empty", "init", home);
    refused(4, STORE.store() + "", "init", STORE.store());
    assertEquals("dear", Files.readString(home.resolve("letter")));
    assertEquals("mine", Files.readString(home.resolve("lock")));
    assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(home)));
    assertFalse(Files.exists(base.resolve("elsewhere")));
  }

  @Test
  void store_ofANewerFormat_isRefusedAndNotTouched() throws IOException {
    Path newer = STORE.base().resolve("newer");
    Brindle.ok("init", newer);
    try (FileChannel superblock =
        FileChannel.open(newer.resolve("superblock"), StandardOpenOption.WRITE)) {
      superblock.write(ByteBuffer.allocate(4).putInt(99).flip(), 8);
    }
    String before = Shell.in(newer).ok("sha256sum superblock index.db log/*");
    Path elsewhere = STORE.base().resolve("mnt-newer");

    refused(1, newer.toString(), "mount", newer, elsewhere);
    Output refused = Brindle.run("df", newer).expectStatus(1).expectFailure(newer.toString());
    assertTrue(refused.err().contains("99"), refused::toString);
    refused(1, newer.toString(), "check", newer);

    assertFalse(Files.exists(elsewhere));
    assertEquals(before, Shell.in(newer).ok("sha256sum superblock index.db log/*"));
  }

  @Test
  void names_thatAreNotAllowed_areRefused() throws IOException {
    for (String[] verb :
        new String[][] {{"snapshot", "create"}, {"clone", "create"}, {"volume", "create"}}) {
      refused(2, "a name has 1 to 127 bytes", verb[0], verb[1], STORE.store(), LONG);
      refused(2, "'..' is not a name", verb[0], verb[1], STORE.store(), "..");
      refused(2, "a name has no '/'", verb[0], verb[1], STORE.store(), "a/b");
    }
    Shell shell = STORE.shell();
    for (String directory : List.of(".snapshots", ".clones")) {
      shell.sh("mkdir " + directory + "/" + LONG).expectFailure("Invalid argument");
      shell.sh("mkdir " + directory + "/" + "n".repeat(256)).expectFailure("name too long");
      assertEquals("", shell.ok("ls -A " + directory));
    }
    shell.sh("mkdir " + "n".repeat(256)).expectFailure("name too long");
    shell.ok("mkdir " + "n".repeat(255) + " && rmdir " + "n".repeat(255));
  }

  @Test
  void words_thatSayNothing_areRefused() throws IOException {
    refused(2, "--nonsense", "mount", "--nonsense", STORE.store(), STORE.base().resolve("x"));
    refused(2, "there is no verb \"mout\"", "mout", STORE.store(), STORE.base().resolve("x"));
    refused(3, "there is no volume mian", "mount", STORE.store() + ":mian", STORE.base() + "/x");
    refused(3, "no", "snapshot", "delete", STORE.store(), "never");
    refused(3, "is", "umount", STORE.base());
    assertFalse(Files.exists(STORE.base().resolve("x")));
  }

  @Test
  void output_thatDoesNotGetOut_isAFailure() {
    List<String> command = new ArrayList<>(List.of("sh", "-uc", "\"$@\" > /dev/full", "sh"));
    command.addAll(Brindle.command("df", "--json", STORE.store()));
    Shell.in(Path.of("/")).run(command).expectStatus(1).expectFailure("cannot write the output: ");

    command.set(2, "{ \"$@\"; echo $? >&2; } | true");
    assertEquals("141\n", Shell.in(Path.of("/")).run(command).expectSuccess().err());
  }

  @Test
  void volumeName_thatIsNotAllowed_leavesNoStore() throws IOException {
    Path fresh = STORE.base().resolve("fresh");
    refused(2, "a name has no '/'", "init", "--volume", "a/b", fresh);
    refused(2, "a name has no '/'", "mount", fresh + ":a/b", STORE.base().resolve("x"));
    assertFalse(Files.exists(fresh));
    Brindle.ok("init", fresh);
    refused(4, "is a store already", "init", fresh);
  }

  /** Runs a command where a part of the machine is hidden from it and its daemon. */
  private static Output without(String hiding, Object... words) {
    List<String> command = new ArrayList<>(List.of("unshare", "--mount", "sh", "-euc"));
    command.add(hiding + "\nexec \"$@\"");
    command.add("sh");
    command.addAll(Brindle.command(words));
    return Shell.in(Path.of("/")).run(command);
  }

  private static void requireNamespaces() {
    MountedStore.requireRoot();
    Assumptions.assumeTrue(
        Shell.in(Path.of("/")).run(List.of("unshare", "--mount", "true")).status() == 0,
        "mount namespaces are not permitted here");
  }

  @Test
  void machineWithoutFuse_isToldWhatToDo() throws IOException {
    requireNamespaces();
    Path store = STORE.base().resolve("unmounted");
    Path mount = STORE.base().resolve("mnt-unmounted");
    Brindle.ok("init", store);
    String devices =
        """
        d=%s; mkdir -p $d; mount -t tmpfs none $d
        mknod -m 666 $d/null c 1 3; mknod -m 666 $d/zero c 1 5
        mknod -m 666 $d/random c 1 8; mknod -m 666 $d/urandom c 1 9
        mount --move $d /dev
        """
            .formatted(STORE.base().resolve("dev"));
    without(devices, "mount", store, mount).expectStatus(5).expectFailure("there is no /dev/fuse");
    assertFalse(Files.exists(mount));

    String library =
        """
        : > %1$s
        for f in /lib/*/libfuse.so.2* /usr/lib/*/libfuse.so.2* /usr/lib64/libfuse.so.2*; do
          [ ! -e $f ] || mount --bind %1$s $f
        done
        """
            .formatted(STORE.base().resolve("empty"));
    without(library, "mount", "--transport=libfuse", store, mount)
        .expectStatus(5)
        .expectFailure("libfuse 2 is missing: ");
    assertFalse(Files.exists(mount));
    Brindle.run("check", store).expectSuccess();
  }
}
