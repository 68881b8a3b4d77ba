package dev.brindle.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.AttributeChange;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SnapshotPermissionsTest extends MountFixture {
  @BeforeEach
  void populate() throws IOException {
    mkdir("/d");
    mkdir("/d/e");
    chmod("/d", 02755);
    mkdir("/.snapshots/s");
  }

  private void chmod(String path, int mode) throws IOException {
    mount.setattr(OWNER, node(path), AttributeChange.ofMode(mode));
  }

  private void chown(String path, Integer uid, Integer gid) throws IOException {
    mount.setattr(Caller.ROOT, node(path), AttributeChange.ofOwner(uid, gid));
  }

  private String mode(String path) throws IOException {
    return Integer.toOctalString(attributes(path).mode() & 07777);
  }

  @Test
  void directory_thatWasClosed_isClosedInItsPast() throws IOException {
    chmod("/d", 0700);
    assertEquals("2700", mode("/.snapshots/s/d"));
    assertEquals("2700", mode("/d/.snapshots/s"));
    assertEquals("755", mode("/.snapshots/s/d/e"));
  }

  @Test
  void directory_thatWasOpened_isAsItWas() throws IOException {
    chmod("/d", 0777);
    assertEquals("2755", mode("/.snapshots/s/d"));
  }

  @Test
  void directory_whoseOwnerNarrowedHisOwnBits_keepsThemInItsPast() throws IOException {
    chmod("/d", 0050);
    assertEquals("2750", mode("/.snapshots/s/d"));
  }

  @Test
  void directory_thatWasGivenAway_isLimitedByWhatOthersHave() throws IOException {
    chown("/d", OTHER.uid(), OTHER.gid());
    chmod("/d", 0771);
    assertEquals("2111", mode("/.snapshots/s/d"));
    chmod("/d", 0770);
    assertEquals("2000", mode("/.snapshots/s/d"));
  }

  @Test
  void directory_whoseGroupChanged_givesTheOldGroupWhatOthersHave() throws IOException {
    chown("/d", null, OTHER.gid());
    chmod("/d", 0775);
    assertEquals("2755", mode("/.snapshots/s/d"));
    chmod("/d", 0774);
    assertEquals("2744", mode("/.snapshots/s/d"));
  }

  @Test
  void directory_thatMovedIntoAClosedOne_isClosedInItsPast() throws IOException {
    mkdir("/private");
    mkdir("/private/deep");
    chmod("/private", 0700);
    rename("/d/e", "/private/deep/e");
    assertEquals("700", mode("/.snapshots/s/d/e"));
    chmod("/private", 0710);
    assertEquals("750", mode("/.snapshots/s/d/e"));
    chmod("/private", 0711);
    assertEquals("755", mode("/.snapshots/s/d/e"));
  }

  @Test
  void directory_thatWasRemoved_isAsItWas() throws IOException {
    rmdir("/d/e");
    assertEquals("755", mode("/.snapshots/s/d/e"));
  }

  @Test
  void root_thatWasClosed_isClosedInItsPast() throws IOException {
    chmod("/", 0700);
    assertEquals("700", mode("/.snapshots/s"));
  }

  @Test
  void clone_hasModesOfItsOwn() throws IOException {
    mkdir("/.snapshots/s/.clones/c");
    chmod("/d", 0700);
    assertEquals("2755", mode("/.clones/c/d"));
  }
}
