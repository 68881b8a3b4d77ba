package dev.brindle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class MountTableTest {
  @Test
  void fromMountinfo_brindleMount_hasStoreAndVolume() {
    assertEquals(
        Optional.of(
            new MountedVolume(Path.of("/home/me/my files"), Path.of("/none/st"), "main/te st")),
        MountTable.fromMountinfo(
            "36 35 0:99 / /home/me/my\\040files rw,nosuid,nodev shared:1 - fuse.brindle"
                + " brindle:/none/st:main/te\\040st rw,user_id=0"));
  }

  @Test
  void fromMountinfo_otherMounts_areLeftOut() {
    assertEquals(
        Optional.empty(),
        MountTable.fromMountinfo("36 35 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw"));
    assertEquals(Optional.empty(), MountTable.fromMountinfo(""));
    assertEquals(Optional.empty(), MountTable.fromMountinfo("36 35 - x"));
  }

  @Test
  void fromMountCommand_brindleMount_hasStoreAndVolume() {
    assertEquals(
        Optional.of(new MountedVolume(Path.of("/Users/me/a (b)"), Path.of("/none/st"), "main")),
        MountTable.fromMountCommand(
            "brindle:/none/st:main on /Users/me/a (b) (macfuse, nodev, nosuid, mounted by me)"));
  }
}
