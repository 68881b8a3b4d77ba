package dev.brindle.store.contract;

import static dev.brindle.store.Errno.EACCES;
import static dev.brindle.store.Errno.EINVAL;
import static dev.brindle.store.Errno.ENODATA;
import static dev.brindle.store.Errno.EOPNOTSUPP;
import static dev.brindle.store.contract.Acls.acl;
import static dev.brindle.store.contract.Trees.GID;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.UID;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileMode;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import dev.brindle.store.PosixAcl;
import dev.brindle.store.Timestamp;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** POSIX access control lists: how they go with modes, and what is inherited. */
public interface AclContract extends TreeFixture {
  private void set(long inode, Name name, String text) throws IOException {
    tree().setxattr(inode, name, acl(text), XattrMode.CREATE_OR_REPLACE);
  }

  private void expect(long inode, Name name, String text) throws IOException {
    assertArrayEquals(acl(text), tree().getxattr(inode, name));
  }

  private void expectMode(int permissions, InodeAttributes inode) {
    assertEquals(Integer.toOctalString(permissions), Integer.toOctalString(inode.mode() & 07777));
  }

  @Test
  default void accessList_changesTheMode_andIsChangedByIt() throws IOException {
    long file = file(tree(), "f");
    tree().setattr(file, AttributeChange.ofMode(04644));
    set(file, PosixAcl.ACCESS, "u::7 u:5:6 g::4 m::6 o::1");
    expectMode(04761, tree().getattr(file));
    assertTrue(tree().getattr(file).hasAccessAcl());
    tree().setattr(file, AttributeChange.ofMode(0640));
    expect(file, PosixAcl.ACCESS, "u::6 u:5:6 g::4 m::4 o::0");
    expectMode(0640, tree().getattr(file));
    reopened();
    expect(file, PosixAcl.ACCESS, "u::6 u:5:6 g::4 m::4 o::0");
    assertTrue(tree().getattr(file).hasAccessAcl());
  }

  @Test
  default void accessList_thatSaysNoMoreThanAMode_isTheMode() throws IOException {
    long file = file(tree(), "f");
    set(file, PosixAcl.ACCESS, "u::7 u:5:6 g::4 m::6 o::1");
    set(file, PosixAcl.ACCESS, "u::6 g::5 o::4");
    expectMode(0654, tree().getattr(file));
    assertEquals(List.of(), tree().listxattr(file));
    refused(ENODATA, () -> tree().getxattr(file, PosixAcl.ACCESS));
    assertFalse(tree().getattr(file).hasAccessAcl());
  }

  @Test
  default void accessList_withAMaskAndNobodyNamed_keepsTheGroupsEntry() throws IOException {
    long file = file(tree(), "f");
    set(file, PosixAcl.ACCESS, "u::7 g::6 m::4 o::0");
    expectMode(0740, tree().getattr(file));
    tree().setattr(file, AttributeChange.ofMode(0770));
    expect(file, PosixAcl.ACCESS, "u::7 g::6 m::7 o::0");
  }

  @Test
  default void removal_leavesTheMode_andOfNoListIsNoError() throws IOException {
    long file = file(tree(), "f");
    set(file, PosixAcl.ACCESS, "u::7 u:5:6 g::4 m::6 o::1");
    tree().removexattr(file, PosixAcl.ACCESS);
    Timestamp removed = tree().getattr(file).changeTime();
    tree().removexattr(file, PosixAcl.ACCESS);
    tree().removexattr(file, PosixAcl.DEFAULT);
    assertEquals(removed, tree().getattr(file).changeTime());
    expectMode(0761, tree().getattr(file));
    assertEquals(List.of(), tree().listxattr(file));
  }

  @Test
  default void lists_thatAreNone_areRefused() throws IOException {
    long file = file(tree(), "f");
    for (String text :
        List.of(
            "u::7 g::5",
            "u::7 g::5 u:5:6 m::7 o::0",
            "u::7 u:5:6 g::5 o::0",
            "u::7 u:5:6 u:5:7 g::5 m::7 o::0",
            "u::7 g::5 o::0 o::0",
            "u::8 g::5 o::0")) {
      refused(EINVAL, () -> set(file, PosixAcl.ACCESS, text));
    }
    byte[] cut = java.util.Arrays.copyOf(acl("u::7 g::5 o::0"), 27);
    refused(EINVAL, () -> tree().setxattr(file, PosixAcl.ACCESS, cut, XattrMode.CREATE_OR_REPLACE));
    byte[] newer = acl("u::7 g::5 o::0");
    newer[0] = 3;
    refused(
        EOPNOTSUPP,
        () -> tree().setxattr(file, PosixAcl.ACCESS, newer, XattrMode.CREATE_OR_REPLACE));
    refused(EACCES, () -> set(file, PosixAcl.DEFAULT, "u::7 g::5 o::0"));
    long link = tree().symlink(ROOT, name("link"), new byte[] {'x'}, UID, GID).inode();
    refused(EOPNOTSUPP, () -> set(link, PosixAcl.ACCESS, "u::7 g::5 o::0"));
    expectMode(0644, tree().getattr(file));
  }

  @Test
  default void defaultList_isInherited_insteadOfTheUmask() throws IOException {
    long parent = directory(tree(), "d");
    set(parent, PosixAcl.DEFAULT, "u::7 u:5:7 g::7 m::7 o::5");
    expectMode(0755, tree().getattr(parent));
    InodeAttributes file =
        tree().create(parent, name("f"), FileMode.REGULAR | 0666, 0777, UID, GID, 0);
    expectMode(0664, file);
    expectMode(0664, tree().getattr(file.inode()));
    expect(file.inode(), PosixAcl.ACCESS, "u::6 u:5:7 g::7 m::6 o::4");
    refused(ENODATA, () -> tree().getxattr(file.inode(), PosixAcl.DEFAULT));
    InodeAttributes made = tree().mkdir(parent, name("e"), 0770, 0777, UID, GID);
    expectMode(0770, made);
    expect(made.inode(), PosixAcl.ACCESS, "u::7 u:5:7 g::7 m::7 o::0");
    expect(made.inode(), PosixAcl.DEFAULT, "u::7 u:5:7 g::7 m::7 o::5");
    long unnamed = tree().createUnnamed(parent, 0640, 0777, UID, GID).inode();
    expect(unnamed, PosixAcl.ACCESS, "u::6 u:5:7 g::7 m::4 o::0");
    tree().release(unnamed);
    InodeAttributes held = tree().createHeld(parent, name("h"), 0640, 0777, UID, GID);
    expectMode(0640, held);
    expect(held.inode(), PosixAcl.ACCESS, "u::6 u:5:7 g::7 m::4 o::0");
    tree().release(held.inode());
    long link = tree().symlink(parent, name("link"), new byte[] {'x'}, UID, GID).inode();
    assertEquals(List.of(), tree().listxattr(link));
    reopened();
    expect(made.inode(), PosixAcl.DEFAULT, "u::7 u:5:7 g::7 m::7 o::5");
  }

  @Test
  default void defaultList_ofThreeEntries_givesModesAndIsHandedDown() throws IOException {
    long parent = directory(tree(), "d");
    set(parent, PosixAcl.DEFAULT, "u::7 g::5 o::0");
    InodeAttributes file =
        tree().create(parent, name("f"), FileMode.REGULAR | 0666, 0, UID, GID, 0);
    expectMode(0640, file);
    assertEquals(List.of(), tree().listxattr(file.inode()));
    long deep = tree().mkdir(parent, name("e"), 0777, 0, UID, GID).inode();
    expect(deep, PosixAcl.DEFAULT, "u::7 g::5 o::0");
    tree().removexattr(parent, PosixAcl.DEFAULT);
    expectMode(0644, tree().create(parent, name("g"), 0666, 022, UID, GID, 0));
  }

  @Test
  default void umask_isTakenWhereThereIsNoDefaultList() throws IOException {
    expectMode(0604, tree().create(ROOT, name("f"), 0666, 073, UID, GID, 0));
    expectMode(04704, tree().mkdir(ROOT, name("d"), 04777, 073, UID, GID));
  }
}
