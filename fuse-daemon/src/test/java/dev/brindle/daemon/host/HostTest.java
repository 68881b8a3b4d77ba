package dev.brindle.daemon.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.transport.TransportKind;
import dev.brindle.store.Errno;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HostTest {
  @Test
  void of_osName_tellsThePlatform() {
    assertEquals(Host.LINUX, Host.of("Linux"));
    assertEquals(Host.MACOS, Host.of("Mac OS X"));
  }

  @Test
  void transport_isTheKernelsOwnProtocolOnLinux() {
    assertEquals(TransportKind.KERNEL, Host.LINUX.transport());
    assertEquals(TransportKind.LIBFUSE, Host.MACOS.transport());
  }

  @ParameterizedTest
  @CsvSource({
    "EPERM,1,1",
    "ENOENT,2,2",
    "EINTR,4,4",
    "EIO,5,5",
    "ENXIO,6,6",
    "E2BIG,7,7",
    "EBADF,9,9",
    "EACCES,13,13",
    "EBUSY,16,16",
    "EEXIST,17,17",
    "EXDEV,18,18",
    "ENODEV,19,19",
    "ENOTDIR,20,20",
    "EISDIR,21,21",
    "EINVAL,22,22",
    "EFBIG,27,27",
    "ENOSPC,28,28",
    "EROFS,30,30",
    "EMLINK,31,31",
    "ENFILE,23,23",
    "ERANGE,34,34",
    "ENAMETOOLONG,36,63",
    "ENOSYS,38,78",
    "ENOTEMPTY,39,66",
    "ELOOP,40,62",
    "ENODATA,61,93",
    "EOVERFLOW,75,84",
    "EOPNOTSUPP,95,102",
    "ESTALE,116,70",
    "EDQUOT,122,69"
  })
  void errno_hasItsPlatformsNumber(Errno errno, int linux, int macos) {
    assertEquals(linux, new ErrnoNumbers(Host.LINUX).of(errno));
    assertEquals(macos, new ErrnoNumbers(Host.MACOS).of(errno));
  }

  @ParameterizedTest
  @EnumSource(Host.class)
  void errno_eachConstantHasANumberOfItsOwn(Host host) {
    Set<Integer> numbers = new HashSet<>();
    for (Errno errno : Errno.values()) {
      assertTrue(numbers.add(new ErrnoNumbers(host).of(errno)), errno.name());
    }
  }

  @Test
  void unmountCommands_dependOnPlatformUserAndLaziness() {
    Path path = Path.of("/m");
    assertEquals(
        List.of(List.of("umount", "-i", "--", "/m")),
        Host.LINUX.unmountCommands(path, true, false));
    assertEquals(
        List.of(List.of("umount", "-i", "-l", "--", "/m")),
        Host.LINUX.unmountCommands(path, true, true));
    assertEquals(
        List.of("fusermount", "-u", "--", "/m"),
        Host.LINUX.unmountCommands(path, false, false).get(0));
    assertEquals(
        List.of("fusermount3", "-u", "-z", "--", "/m"),
        Host.LINUX.unmountCommands(path, false, true).get(1));
    assertEquals(List.of(List.of("umount", "/m")), Host.MACOS.unmountCommands(path, false, false));
  }

  @Test
  void openFlags_differ() {
    assertEquals(02000, Host.LINUX.appendFlag());
    assertEquals(8, Host.MACOS.appendFlag());
    assertEquals(01000, Host.LINUX.truncateFlag());
    assertEquals(0x400, Host.MACOS.truncateFlag());
    assertEquals(0200, Host.LINUX.exclusiveFlag());
    assertEquals(0x800, Host.MACOS.exclusiveFlag());
  }

  @Test
  void hints_nameThePackages() {
    assertTrue(Host.LINUX.fuseLibraryHint().contains("libfuse2"));
    assertTrue(Host.LINUX.fuseLibraryHint().contains("fuse-libs"));
    assertTrue(Host.MACOS.fuseLibraryHint().contains("macfuse"));
  }

  @Test
  void fallocateFlags_knowFiveModes() throws Exception {
    assertEquals(FallocateMode.ALLOCATE, FallocateFlags.mode(0));
    assertEquals(FallocateMode.ALLOCATE_KEEP_SIZE, FallocateFlags.mode(1));
    assertEquals(FallocateMode.PUNCH_HOLE, FallocateFlags.mode(3));
    assertEquals(FallocateMode.ZERO_RANGE, FallocateFlags.mode(0x10));
    assertEquals(FallocateMode.ZERO_RANGE_KEEP_SIZE, FallocateFlags.mode(0x11));
    for (int other : new int[] {2, 8, 0x20, 0x40, 0x1000}) {
      assertEquals(
          Errno.EOPNOTSUPP,
          assertThrows(FileSystemException.class, () -> FallocateFlags.mode(other)).errno());
    }
  }

  @Test
  void xattrNames_areThoseOfTheNamespaces() throws Exception {
    for (String kept : List.of("user.a", "trusted.a", "security.a")) {
      Host.LINUX.requireXattrName(kept.getBytes());
      assertEquals(kept.equals("trusted.a"), Host.LINUX.isXattrOfRoot(kept.getBytes()));
    }
    for (String bare : List.of("user.", "trusted.", "security.")) {
      assertEquals(Errno.EINVAL, refusal(bare));
    }
    for (String other : List.of("", "user", "users.a", "system.a", "User.a")) {
      assertEquals(Errno.EOPNOTSUPP, refusal(other));
      Host.MACOS.requireXattrName(other.getBytes());
    }
    assertFalse(Host.MACOS.isXattrOfRoot("trusted.a".getBytes()));
  }

  @Test
  void xattrFlags_areTheHosts() {
    XattrMode[] linux = {
      XattrMode.CREATE_OR_REPLACE, XattrMode.CREATE, XattrMode.REPLACE, XattrMode.NEITHER
    };
    for (int flags = 0; flags < linux.length; flags++) {
      assertEquals(linux[flags], Host.LINUX.xattrMode(flags));
      // XATTR_NOFOLLOW is the lowest bit there
      assertEquals(linux[flags], Host.MACOS.xattrMode(flags << 1 | 1));
    }
  }

  private static Errno refusal(String name) {
    byte[] bytes = name.getBytes();
    return assertThrows(FileSystemException.class, () -> Host.LINUX.requireXattrName(bytes), name)
        .errno();
  }

  @Test
  void mountinfo_isParsedWithItsEscapes() {
    List<MountTable.Line> lines =
        MountTable.linux(
            """
            22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
            36 22 0:99 / /home/me/a\\040b\\134c rw,nosuid - fuse.brindle brindle:/s\\040t:main/x rw
            broken line
            """);
    assertEquals(2, lines.size());
    assertEquals(Path.of("/home/me/a b\\c"), lines.get(1).mountPoint());
    assertEquals("brindle:/s t:main/x", lines.get(1).source());
    assertEquals("fuse.brindle", lines.get(1).type());
    assertTrue(lines.get(1).isBrindle());
  }

  @Test
  void mountCommandOfMacos_isParsed() {
    List<MountTable.Line> lines =
        MountTable.macos(
            """
            /dev/disk1s1 on / (apfs, local, journaled)
            brindle:/Users/me/s:main on /Users/me/a b (macfuse, nodev, nosuid, mounted by me)
            """);
    assertEquals(
        new MountTable.Line(
            Path.of("/Users/me/a b"),
            "macfuse",
            "brindle:/Users/me/s:main",
            "brindle:/Users/me/s:main on /Users/me/a b",
            -1),
        lines.get(1));
  }

  @Test
  void minor_isTheConnectionOfTheTopmostMount() {
    List<MountTable.Line> lines =
        MountTable.linux(
            "36 35 0:99 / /a\\040b rw - fuse.brindle brindle:/s:v rw\n"
                + "37 35 0:41 / /c rw - fuse.brindle brindle:/s:v rw\n"
                + "38 37 0:55 / /c rw - fuse.brindle brindle:/s:w rw,user_id=7,group_id=8\n"
                + "39 35 254:1 / /d rw - ext4 /dev/vdb rw\n");
    assertEquals(99, MountTable.topmost(lines, Path.of("/a b")).orElseThrow().minor());
    assertEquals(55, MountTable.topmost(lines, Path.of("/c")).orElseThrow().minor());
    assertEquals(7, MountTable.topmost(lines, Path.of("/c")).orElseThrow().user());
    assertEquals(-1, MountTable.topmost(lines, Path.of("/a b")).orElseThrow().user());
    assertEquals(-1, MountTable.topmost(lines, Path.of("/d")).orElseThrow().minor());
    assertTrue(MountTable.topmost(lines, Path.of("/e")).isEmpty());
  }

  @Test
  void busy_isWhatTheCommandSays_andNotAName() {
    Path busybox = Path.of("/home/me/busybox");
    assertTrue(Unmounter.isBusy("umount: /home/me/busybox: target is busy.", busybox));
    assertTrue(
        Unmounter.isBusy(
            "fusermount: failed to unmount /home/me/busybox: Device or resource busy", busybox));
    assertFalse(Unmounter.isBusy("umount: /home/me/busybox: not mounted.", busybox));
  }

  @Test
  void lockThatIsAPipe_isNotRead(@TempDir Path base) throws Exception {
    Path store = Files.createDirectory(base.resolve("store"));
    assertEquals(0, new ProcessBuilder("mkfifo", store + "/lock").start().waitFor());
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          assertTrue(StuckDaemon.describeStopped(store).isEmpty());
          StuckDaemon.release(store, List.of());
        });
  }
}
