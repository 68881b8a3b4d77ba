package dev.brindle.daemon;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.daemon.host.Host;
import dev.brindle.daemon.transport.MountException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrerequisitesTest {
  @TempDir Path directory;
  private Path device;
  private Path conf;

  @BeforeEach
  void makeHost() throws IOException {
    device = Files.createFile(directory.resolve("fuse"));
    conf = directory.resolve("fuse.conf");
    Files.writeString(conf, "# user_allow_other\nmount_max = 10\n");
    Path fusermount = Files.createFile(directory.resolve("fusermount"));
    assertTrue(fusermount.toFile().setExecutable(true));
  }

  private Prerequisites of(boolean root, Path deviceFile, String searchPath) {
    return new Prerequisites(Host.LINUX, root, deviceFile, conf, searchPath);
  }

  private static void refused(Prerequisites host, boolean allowOther, String sentence) {
    MountException refused = assertThrows(MountException.class, () -> host.check(allowOther));
    assertTrue(refused.getMessage().contains(sentence), refused.getMessage());
  }

  @Test
  void check_ofACompleteHost_passes() {
    assertDoesNotThrow(() -> of(true, device, "/nowhere").check(true));
    assertDoesNotThrow(() -> of(false, device, "/nowhere:" + directory).check(false));
  }

  @Test
  void check_withoutDevice_namesTheModule() {
    refused(of(true, directory.resolve("none"), ""), false, "modprobe fuse");
  }

  @Test
  void check_withFusermount3Alone_passes() throws IOException {
    Path other = Files.createDirectory(directory.resolve("bin"));
    assertTrue(Files.createFile(other.resolve("fusermount3")).toFile().setExecutable(true));
    assertDoesNotThrow(() -> of(false, device, other.toString()).check(false));
  }

  @Test
  void check_withoutFusermount_namesThePackage() {
    refused(of(false, device, "/nowhere"), false, "install the package fuse3");
  }

  @Test
  void check_allowOtherOfAnOrdinaryUser_takesTheLineInFuseConf() throws IOException {
    refused(of(false, device, directory.toString()), true, "user_allow_other");
    Files.writeString(conf, "mount_max = 10\n user_allow_other \n");
    assertDoesNotThrow(() -> of(false, device, directory.toString()).check(true));
    Files.delete(conf);
    refused(of(false, device, directory.toString()), true, "user_allow_other");
  }

  @Test
  void check_onMacos_leavesItToMacfuse() {
    assertDoesNotThrow(
        () ->
            new Prerequisites(Host.MACOS, false, directory.resolve("none"), conf, "").check(true));
  }
}
