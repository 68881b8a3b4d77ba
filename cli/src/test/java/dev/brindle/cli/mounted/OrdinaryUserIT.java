package dev.brindle.cli.mounted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Users who are not root mount through fusermount, for themselves alone. */
final class OrdinaryUserIT {
  private static final Path DEVICE = Path.of("/dev/fuse");

  private MountedStore fixture;
  private final List<TestUser> users = new ArrayList<>();
  private TestUser owner;
  private TestUser stranger;
  private Path home;
  private Path store;
  private Path mount;
  private String application;
  private Set<PosixFilePermission> deviceMode;

  @BeforeEach
  void makeUsers() throws IOException {
    MountedStore.requireFuse();
    MountedStore.requireRoot();
    Assumptions.assumeTrue(
        Shell.in(Path.of("/")).sh("command -v fusermount useradd runuser").status() == 0,
        "takes fusermount, useradd and runuser");
    fixture = MountedStore.prepared();
    fixture.dontCheck(); // as root: a store is its owner's alone
    owner = user("o");
    stranger = user("s");
    home = Files.createDirectory(fixture.base().resolve("home"));
    Shell.in(home).ok("chown %s . && chmod 755 .".formatted(owner.name()));
    store = home.resolve("store");
    mount = home.resolve("mnt");
    fixture.useStore(store);
    application = Brindle.copyOfApplication(fixture.base().resolve("application"));
    // As udev has it; in some containers only root may open it.
    deviceMode = Files.getPosixFilePermissions(DEVICE);
    Files.setPosixFilePermissions(DEVICE, PosixFilePermissions.fromString("rw-rw-rw-"));
  }

  @AfterEach
  void removeUsers() throws IOException {
    if (fixture == null) {
      return;
    }
    try {
      if (mount != null && MountedStore.isMounted(mount)) {
        brindle(owner, "umount", mount).expectSuccess();
      }
      brindle(owner, "check", store).expectSuccess();
    } finally {
      restoreMachine();
      fixture.close();
    }
  }

  private void restoreMachine() throws IOException {
    if (mount != null && MountedStore.isMounted(mount)) {
      Shell.in(Path.of("/")).run(List.of("umount", "-l", mount.toString()));
    }
    if (deviceMode != null) {
      Files.setPosixFilePermissions(DEVICE, deviceMode);
    }
    for (TestUser user : users) {
      user.close();
    }
  }

  private TestUser user(String role) {
    TestUser user = TestUser.create(role);
    users.add(user);
    return user;
  }

  private Output brindle(TestUser user, Object... arguments) {
    return user.run(Brindle.commandOf(application, arguments));
  }

  @Test
  void owner_mountsWritesSnapshotsClonesAndUnmounts() {
    brindle(owner, "mount", store, mount).expectSuccess();
    owner.ok(
        """
        cd %s
        echo first > f
        mkdir .snapshots/s
        echo second > f
        mkdir .snapshots/s/.clones/c
        echo cloned > .clones/c/f
        mkdir d; mv f d; ln d/f hard; chmod 600 hard
        """
            .formatted(mount));
    assertEquals("first", owner.ok("cat %s/.snapshots/s/f".formatted(mount)));
    assertEquals("second", owner.ok("cat %s/d/f".formatted(mount)));
    assertEquals("cloned", owner.ok("cat %s/.clones/c/f".formatted(mount)));
    assertEquals(owner.uid() + " 600", owner.ok("stat -c '%%u %%a' %s/hard".formatted(mount)));
    assertTrue(brindle(owner, "diff", mount + "@s").expectSuccess().out().contains("R f -> "));

    brindle(owner, "umount", mount).expectSuccess();
    assertFalse(MountedStore.isMounted(mount));
    brindle(owner, "mount", store, mount).expectSuccess();
    assertEquals("second", owner.ok("cat %s/d/f".formatted(mount)));
    assertEquals("first", owner.ok("cat %s/.snapshots/s/f".formatted(mount)));
    owner.ok("cd %s && rmdir .clones/c .snapshots/s".formatted(mount));
    brindle(owner, "umount", mount).expectSuccess();
  }

  @Test
  void otherUsers_canNeitherLookInNorAskTheDaemon() {
    brindle(owner, "mount", store, mount).expectSuccess();
    owner.ok("cd %s && echo secret > f && chmod 777 . && chmod 666 f".formatted(mount));

    for (String path : new String[] {"", "/f", "/.snapshots", "/.clones"}) {
      stranger.sh("ls %s%s".formatted(mount, path)).expectFailure("Permission denied");
      Shell.in(Path.of("/"))
          .sh("ls %s%s".formatted(mount, path))
          .expectFailure("Permission denied");
    }
    stranger.sh("echo x > %s/new".formatted(mount)).expectFailure("Permission denied");
    brindle(stranger, "snapshot", "create", store, "x").expectFailure(store + "");
    brindle(stranger, "umount", mount).expectFailure(mount + "");
    brindle(stranger, "check", store).expectFailure("permission denied");
    assertTrue(brindle(stranger, "status").expectSuccess().out().contains("not reachable"));
    Path roots = fixture.base().resolve("roots");
    Brindle.run("mount", roots, mount).expectFailure("is a mount point already");
    assertEquals("secret", owner.ok("cat %s/f".formatted(mount)));

    assertEquals("f", owner.ok("ls %s".formatted(mount)));
    assertEquals("secret", owner.ok("cat %s/f".formatted(mount)));
    assertEquals("", owner.ok("ls %s/.snapshots".formatted(mount)));
  }

  @Test
  void whatBelongsToRoot_isRefusedAndNothingIsLeft() throws IOException {
    Path rootStore = fixture.base().resolve("root-store");
    Brindle.ok("init", rootStore);
    Path rootDirectory = Files.createDirectory(fixture.base().resolve("root-directory"));

    brindle(owner, "mount", rootStore, mount).expectFailure(rootStore + ": permission denied");
    brindle(owner, "mount", fixture.base().resolve("new-store"), mount)
        .expectFailure("permission denied");
    assertFalse(Files.exists(fixture.base().resolve("new-store")));
    brindle(owner, "init", store).expectSuccess();
    brindle(owner, "mount", store, rootDirectory).expectFailure(rootDirectory.toString());
    Path inRoots = rootDirectory.resolve("mnt");
    brindle(owner, "mount", store, inRoots)
        .expectStatus(4)
        .expectFailure("cannot make the mount point " + inRoots);
    assertFalse(Files.exists(mount));
    assertFalse(MountedStore.isMounted(rootDirectory));

    brindle(owner, "mount", store, mount).expectSuccess();
    owner.ok("echo x > %s/f".formatted(mount));
    owner.sh("chown 0 %s/f".formatted(mount)).expectFailure("not permitted");
    owner.sh("mknod %s/device c 1 3".formatted(mount)).expectFailure("not permitted");
    assertEquals(owner.uid(), owner.ok("stat -c %%u %s/f".formatted(mount)));
  }

  @Test
  void allowOther_withoutTheLineInFuseConf_isRefusedWithIt() throws IOException {
    Path configuration = Path.of("/etc/fuse.conf");
    Assumptions.assumeFalse(
        Files.exists(configuration)
            && Files.readAllLines(configuration).contains("user_allow_other"),
        "/etc/fuse.conf has user_allow_other");

    brindle(owner, "mount", "--allow-other", store, mount)
        .expectStatus(5)
        .expectFailure("user_allow_other in /etc/fuse.conf");

    assertFalse(Files.exists(mount));
  }
}
