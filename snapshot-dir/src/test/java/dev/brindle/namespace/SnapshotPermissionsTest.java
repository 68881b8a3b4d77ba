package dev.brindle.namespace;

import static dev.brindle.store.contract.Acls.acl;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.PosixAcl;
import dev.brindle.store.WritableFileTree.XattrMode;
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
    chmod("/private", 0701);
    assertEquals("700", mode("/.snapshots/s/d/e"), "whoever is of the others may be in the group");
  }

  @Test
  void directory_thatWasRemoved_isAsItWas() throws IOException {
    rmdir("/d/e");
    assertEquals("755", mode("/.snapshots/s/d/e"));
  }

  @Test
  void directory_thatWasClosedAndThenRemoved_isClosedInItsPast() throws IOException {
    chmod("/d/e", 0700);
    mkdir("/.snapshots/t");
    mkdir("/.snapshots/u");
    rmdir("/d/e");
    mkdir("/.snapshots/v");
    assertEquals("700", mode("/.snapshots/s/d/e"));
    assertEquals("700", mode("/.snapshots/u/d/e"));
    rmdir("/.snapshots/u");
    assertEquals("700", mode("/.snapshots/s/d/e"));
    rmdir("/.snapshots/t");
    assertEquals("755", mode("/.snapshots/s/d/e"), "nobody knows any more");
  }

  @Test
  void directory_thatWasRemoved_andBelowAClosedOneThen_isClosedInItsPast() throws IOException {
    mkdir("/home");
    mkdir("/home/deep");
    mkdir("/home/deep/e");
    chmod("/home", 0700);
    mkdir("/.snapshots/t");
    chmod("/home", 0755);
    assertEquals("700", mode("/.snapshots/t/home/deep/e"));
    rmdir("/home/deep/e");
    assertEquals("700", mode("/.snapshots/t/home/deep/e"));
    rmdir("/home/deep");
    assertEquals("700", mode("/.snapshots/t/home/deep/e"));
    mkdir("/.snapshots/u");
    rmdir("/home");
    assertEquals("700", mode("/.snapshots/t/home/deep/e"));
    rmdir("/.snapshots/u");
    assertEquals("755", mode("/.snapshots/t/home/deep/e"), "nobody knows any more");
    assertEquals("700", mode("/.snapshots/t/home"));
  }

  @Test
  void directory_thatMovedIntoAClosedOne_andWasRemoved_isClosedInItsPast() throws IOException {
    mkdir("/private");
    chmod("/private", 0700);
    rename("/d/e", "/private/e");
    mkdir("/.snapshots/t");
    rmdir("/private/e");
    assertEquals("700", mode("/.snapshots/s/d/e"));
    assertEquals("755", mode("/.snapshots/t/private/e"));
    rmdir("/private");
    assertEquals("700", mode("/.snapshots/s/d/e"));
  }

  @Test
  void directory_thatWasRemovedFromOneThatMovedOutOfAClosedOne_isClosedInItsPast()
      throws IOException {
    mkdir("/private");
    mkdir("/private/deep");
    mkdir("/private/deep/e");
    chmod("/private", 0700);
    mkdir("/.snapshots/t");
    rename("/private/deep", "/d/deep");
    assertEquals("700", mode("/d/deep/e/.snapshots/t"));
    rmdir("/d/deep/e");
    assertEquals("700", mode("/d/deep/.snapshots/t/e"));
  }

  /** So that it is restored with the permissions it had. */
  @Test
  void directories_thatWereRemovedFromAClosedOne_areAsTheyWere() throws IOException {
    mkdir("/home");
    mkdir("/home/deep");
    mkdir("/home/deep/e");
    chmod("/home", 0700);
    mkdir("/.snapshots/t");
    rmdir("/home/deep/e");
    rmdir("/home/deep");
    assertEquals("755", mode("/.snapshots/t/home/deep"));
    assertEquals("755", mode("/.snapshots/t/home/deep/e"));
    assertEquals("700", mode("/.snapshots/t/home"));
  }

  @Test
  void directory_belowOneThatWasClosedThen_isClosedInItsPast() throws IOException {
    mkdir("/home");
    mkdir("/home/alice");
    mkdir("/home/alice/project");
    mkdir("/home/alice/project/deep");
    chmod("/home/alice", 0700);
    mkdir("/.snapshots/t");
    assertEquals("755", mode("/home/alice/project/.snapshots/t"), "as closed now as then");
    chmod("/home/alice", 0711);
    assertEquals("700", mode("/home/alice/project/.snapshots/t"));
    assertEquals("700", mode("/home/alice/project/deep/.snapshots/t"));
    assertEquals("755", mode("/home/.snapshots/t"));
    mkdir("/.snapshots/u");
    assertEquals("755", mode("/home/alice/project/deep/.snapshots/u"), "as open then as now");
    chmod("/home/alice", 0700);
    assertEquals("755", mode("/home/alice/project/.snapshots/t"));
    chmod("/home/alice", 0750);
    assertEquals("700", mode("/home/alice/project/.snapshots/t"));
  }

  @Test
  void directory_thatMovedOutOfAClosedOne_isClosedInItsPast() throws IOException {
    mkdir("/private");
    mkdir("/private/deep");
    mkdir("/private/deep/e");
    chmod("/private", 0700);
    mkdir("/.snapshots/t");
    rename("/private/deep/e", "/d/x");
    assertEquals("700", mode("/d/x/.snapshots/t"));
    rename("/d/x", "/private/e");
    assertEquals("700", mode("/private/e/.snapshots/t"), "limited by where it is");
    chmod("/private", 0755);
    rmdir("/private/deep");
    rename("/private/e", "/d/x");
    rmdir("/private");
    assertEquals("700", mode("/d/x/.snapshots/t"));
  }

  @Test
  void directory_belowOneThatWasAnothers_isLimitedByWhatThatGave() throws IOException {
    mkdir("/a");
    mkdir("/a/b");
    chmod("/a", 0710);
    mkdir("/.snapshots/t");
    chown("/a", OTHER.uid(), null);
    assertEquals("750", mode("/a/b/.snapshots/t"));
    chmod("/a", 0711);
    assertEquals("750", mode("/a/b/.snapshots/t"));
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

  private void setAcl(String path, String acl) throws IOException {
    mount.setxattr(OWNER, node(path), PosixAcl.ACCESS, acl(acl), XattrMode.CREATE_OR_REPLACE);
  }

  private void expectAcl(String path, String acl) throws IOException {
    assertArrayEquals(acl(acl), mount.getxattr(node(path), PosixAcl.ACCESS));
  }

  private void expectNoAcl(String path) {
    assertEquals(
        dev.brindle.store.Errno.ENODATA, errno(() -> mount.getxattr(node(path), PosixAcl.ACCESS)));
  }

  @Test
  void directory_withAList_isAsItWasWhileNothingChanges() throws IOException {
    setAcl("/d", "u::7 u:5:7 g::5 m::5 o::0");
    mkdir("/.snapshots/t");
    expectAcl("/.snapshots/t/d", "u::7 u:5:7 g::5 m::5 o::0");
    assertEquals("2750", mode("/.snapshots/t/d"));
  }

  @Test
  void directory_whoseListNamesSomebodyNoMore_givesHimWhatAllHave() throws IOException {
    setAcl("/d", "u::7 u:5:7 u:6:7 g::5 m::7 o::1");
    mkdir("/.snapshots/t");
    setAcl("/d", "u::7 u:6:5 g::5 m::7 o::1");
    expectAcl("/.snapshots/t/d", "u::7 u:5:1 u:6:5 g::5 m::5 o::1");
    assertEquals("2751", mode("/.snapshots/t/d"));
    mount.removexattr(OWNER, node("/d"), PosixAcl.ACCESS);
    chmod("/d", 0700);
    expectAcl("/.snapshots/t/d", "u::7 u:5:0 u:6:0 g::0 m::0 o::0");
    assertEquals("2700", mode("/.snapshots/t/d"));
  }

  @Test
  void directory_thatGotAListSince_deniesWhomItDenies() throws IOException {
    setAcl("/d", "u::7 u:5:0 g::5 m::5 o::5");
    expectAcl("/.snapshots/s/d", "u::7 u:5:0 g::5 m::5 o::5");
    expectNoAcl("/.snapshots/s/d/e");
  }

  /** A kernel asks for no list where its mask grants nothing. */
  @Test
  void directory_whoseListGrantsNothingButToOthers_stillDenies() throws IOException {
    setAcl("/d", "u::7 u:5:0 g::0 m::5 o::5");
    mkdir("/.snapshots/t");
    assertEquals("2715", mode("/.snapshots/t/d"));
    expectAcl("/.snapshots/t/d", "u::7 u:5:0 g::0 m::1 o::5");
    setAcl("/d", "u::7 u:5:0 g::0 m::7 o::1");
    expectAcl("/.snapshots/t/d", "u::7 u:5:0 g::0 m::1 o::1");
    assertEquals("2711", mode("/.snapshots/t/d"));
  }

  @Test
  void directory_thatMovedBelowAList_isLimitedByWhatAllHaveThere() throws IOException {
    mkdir("/private");
    rename("/d/e", "/private/e");
    setAcl("/private", "u::7 u:5:0 g::5 m::5 o::5");
    assertEquals("700", mode("/.snapshots/s/d/e"));
    expectNoAcl("/.snapshots/s/d/e");
  }

  @Test
  void kernelThatIgnoresLists_isShownModesThatGiveNobodyMore() throws IOException {
    setAcl("/d", "u::7 u:5:1 g::5 m::7 o::5");
    write("/f", "text");
    setAcl("/f", "u::6 g::4 m::6 o::4");
    mkdir("/.snapshots/t");
    assertEquals("2775", mode("/d"));
    remount(NamespaceOptions.defaults().withObeysAcls(false));
    assertEquals("2711", mode("/d"));
    assertEquals("2711", mode("/.snapshots/t/d"));
    assertEquals("644", mode("/f"));
    assertEquals("644", mode("/.snapshots/t/f"));
  }
}
