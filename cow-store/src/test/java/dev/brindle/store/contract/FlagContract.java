package dev.brindle.store.contract;

import static dev.brindle.store.Errno.EOPNOTSUPP;
import static dev.brindle.store.Errno.EPERM;
import static dev.brindle.store.InodeFlags.APPEND_ONLY;
import static dev.brindle.store.InodeFlags.IMMUTABLE;
import static dev.brindle.store.InodeFlags.NO_ACCESS_TIME;
import static dev.brindle.store.InodeFlags.NO_DUMP;
import static dev.brindle.store.contract.Acls.acl;
import static dev.brindle.store.contract.Trees.GID;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.UID;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.names;
import static dev.brindle.store.contract.Trees.refused;
import static dev.brindle.store.contract.Trees.text;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileMode;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.InodeFlags;
import dev.brindle.store.PosixAcl;
import dev.brindle.store.Timestamp;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The flags of inodes, and what they keep from happening. */
public interface FlagContract extends TreeFixture {
  @Test
  default void flags_areKept_andChangeNothingElse() throws IOException {
    long file = file(tree(), "f", "text");
    InodeAttributes before = tree().getattr(file);
    tree().setFlags(file, IMMUTABLE | NO_DUMP);
    reopened();
    InodeAttributes after = tree().getattr(file);
    assertEquals(IMMUTABLE | NO_DUMP, after.flags());
    assertEquals(before.mode(), after.mode());
    assertEquals(before.modificationTime(), after.modificationTime());
    assertEquals("text", text(tree(), file));
    tree().setFlags(file, 0);
    assertEquals(0, tree().getattr(file).flags());
    refused(EOPNOTSUPP, () -> tree().setFlags(file, InodeFlags.ACCESS_ACL));
    long link = tree().symlink(ROOT, name("link"), new byte[] {'x'}, UID, GID).inode();
    refused(EOPNOTSUPP, () -> tree().setFlags(link, NO_DUMP));
  }

  @Test
  default void immutableFile_refusesEveryChange() throws IOException {
    long file = file(tree(), "f", "text");
    long other = file(tree(), "g", "other");
    tree().setxattr(file, name("user.a"), new byte[] {1}, XattrMode.CREATE);
    tree().setFlags(file, IMMUTABLE);
    tree().sync();
    InodeAttributes before = tree().getattr(file);
    refuseChangesOfContent(file);
    refused(EPERM, () -> tree().append(file, ByteBuffer.wrap(new byte[] {1})));
    refused(EPERM, () -> tree().fallocate(file, FallocateMode.ALLOCATE_KEEP_SIZE, 0, 9000));
    refused(EPERM, () -> tree().copyRange(tree(), other, 0, file, 0, 5));
    long large = file(tree(), "large");
    write(tree(), large, 0, Trees.pattern(9_000, 1));
    refused(EPERM, () -> tree().copyRange(tree(), large, 0, file, 0, 9_000));
    refused(EPERM, () -> tree().rename(ROOT, name("g"), ROOT, name("f"), RenameMode.REPLACE));
    refused(EPERM, () -> tree().rename(ROOT, name("g"), ROOT, name("f"), RenameMode.EXCHANGE));
    assertEquals(before, tree().getattr(file));
    assertEquals("text", text(tree(), ROOT, "f"));
    assertEquals("other", text(tree(), other));
    tree().setFlags(file, 0);
    tree().unlink(ROOT, name("f"));
  }

  @Test
  default void inodeThatStaysImmutable_keepsItsOtherFlags() throws IOException {
    long file = file(tree(), "f");
    tree().setFlags(file, IMMUTABLE | NO_DUMP);
    for (int changed : new int[] {IMMUTABLE, IMMUTABLE | NO_DUMP | APPEND_ONLY}) {
      refused(EPERM, () -> tree().setFlags(file, changed));
      assertEquals(IMMUTABLE | NO_DUMP, tree().getattr(file).flags());
    }
    tree().setFlags(file, IMMUTABLE | NO_DUMP);
    tree().setFlags(file, APPEND_ONLY);
    assertEquals(APPEND_ONLY, tree().getattr(file).flags());
    tree().setFlags(file, IMMUTABLE | NO_DUMP);
    tree().setFlags(file, 0);
  }

  private void refuseChangesOfContent(long file) {
    refused(EPERM, () -> write(tree(), file, 0, "x"));
    refused(EPERM, () -> tree().setattr(file, AttributeChange.ofSize(0)));
    refused(EPERM, () -> tree().setattr(file, AttributeChange.ofSize(9000)));
    refused(EPERM, () -> tree().setattr(file, AttributeChange.ofMode(0600)));
    refused(EPERM, () -> tree().setattr(file, AttributeChange.ofOwner(1, 1)));
    Timestamp old = new Timestamp(5, 0);
    refused(EPERM, () -> tree().setattr(file, AttributeChange.ofTimes(old, old)));
    refused(EPERM, () -> tree().setxattr(file, name("user.b"), new byte[1], XattrMode.CREATE));
    refused(EPERM, () -> tree().removexattr(file, name("user.a")));
    refused(
        EPERM,
        () -> tree().setxattr(file, PosixAcl.ACCESS, acl("u::7 g::5 o::0"), XattrMode.CREATE));
    for (FallocateMode mode : FallocateMode.values()) {
      if (mode != FallocateMode.ALLOCATE_KEEP_SIZE) {
        refused(EPERM, () -> tree().fallocate(file, mode, 0, 9000));
      }
    }
    refused(EPERM, () -> tree().link(file, ROOT, name("h")));
    refused(EPERM, () -> tree().unlink(ROOT, name("f")));
    refused(EPERM, () -> tree().rename(ROOT, name("f"), ROOT, name("h"), RenameMode.REPLACE));
  }

  @Test
  default void appendOnlyFile_grows_andRefusesTheRest() throws IOException {
    long file = file(tree(), "f", "text");
    tree().setxattr(file, name("user.a"), new byte[] {1}, XattrMode.CREATE);
    tree().setFlags(file, APPEND_ONLY);
    refuseChangesOfContent(file);
    tree().append(file, ByteBuffer.wrap(" more".getBytes()));
    tree().fallocate(file, FallocateMode.ALLOCATE_KEEP_SIZE, 0, 100_000);
    assertEquals("text more", text(tree(), file));
    reopened();
    assertEquals("text more", text(tree(), file));
  }

  @Test
  default void immutableDirectory_refusesChangesOfNames() throws IOException {
    long parent = directory(tree(), "d");
    long file = file(tree(), parent, "f");
    directory(tree(), parent, "e");
    long outside = file(tree(), "g");
    tree().setFlags(parent, IMMUTABLE);
    refuseNewNames(parent, outside);
    refuseLostNames(parent);
    write(tree(), file, 0, "changed");
    assertEquals(List.of("e", "f"), names(tree(), parent));
    refused(EPERM, () -> tree().rmdir(ROOT, name("d")));
  }

  private void refuseNewNames(long parent, long outside) {
    refused(EPERM, () -> file(tree(), parent, "new"));
    refused(EPERM, () -> directory(tree(), parent, "new"));
    refused(EPERM, () -> tree().symlink(parent, name("new"), new byte[] {'x'}, UID, GID));
    refused(EPERM, () -> tree().link(outside, parent, name("new")));
    refused(EPERM, () -> tree().createHeld(parent, name("new"), 0600, 0, UID, GID));
    refused(EPERM, () -> tree().createUnnamed(parent, 0600, 0, UID, GID));
    refused(EPERM, () -> tree().rename(ROOT, name("g"), parent, name("new"), RenameMode.REPLACE));
  }

  private void refuseLostNames(long parent) {
    refused(EPERM, () -> tree().unlink(parent, name("f")));
    refused(EPERM, () -> tree().rmdir(parent, name("e")));
    refused(EPERM, () -> tree().rename(parent, name("f"), ROOT, name("h"), RenameMode.REPLACE));
    refused(EPERM, () -> tree().rename(parent, name("f"), parent, name("h"), RenameMode.REPLACE));
    refused(EPERM, () -> tree().rename(ROOT, name("g"), parent, name("f"), RenameMode.REPLACE));
    refused(EPERM, () -> tree().rename(ROOT, name("g"), parent, name("f"), RenameMode.EXCHANGE));
  }

  @Test
  default void appendOnlyDirectory_getsNames_andLosesNone() throws IOException {
    long parent = directory(tree(), "d");
    file(tree(), parent, "f");
    directory(tree(), parent, "e");
    long outside = file(tree(), "g");
    tree().setFlags(parent, APPEND_ONLY);
    refuseLostNames(parent);
    file(tree(), parent, "new");
    tree().link(outside, parent, name("linked"));
    tree().rename(ROOT, name("g"), parent, name("moved"), RenameMode.REPLACE);
    assertEquals(List.of("e", "f", "linked", "moved", "new"), names(tree(), parent));
  }

  @Test
  default void noAccessTimeAndNoDump_areInherited_theOthersNot() throws IOException {
    long parent = directory(tree(), "d");
    tree().setFlags(parent, NO_ACCESS_TIME | NO_DUMP | APPEND_ONLY);
    long file = file(tree(), parent, "f");
    assertEquals(NO_ACCESS_TIME | NO_DUMP, tree().getattr(file).flags());
    assertEquals(NO_ACCESS_TIME | NO_DUMP, tree().getattr(directory(tree(), parent, "e")).flags());
    int fifo = FileMode.FIFO | 0600;
    assertEquals(0, tree().create(parent, name("p"), fifo, UID, GID, 0).flags());
    write(tree(), file, 0, "text");
    Trees.tick();
    assertEquals("", Trees.changedTimes(tree(), file, () -> tree().touchAccessTime(file)));
  }

  @Test
  default void unlinkedFile_thatBecameImmutable_isStillRemoved() throws IOException {
    long inodes = tree().statistics().inodes();
    long file = file(tree(), "f", "text");
    tree().hold(file);
    tree().unlink(ROOT, name("f"));
    tree().setFlags(file, IMMUTABLE);
    tree().release(file);
    assertEquals(inodes, tree().statistics().inodes());
  }

  @Test
  default void dirtyData_ofAFileThatBecomesImmutable_isWritten() throws IOException {
    long file = file(tree(), "f");
    byte[] bytes = Trees.pattern(100_000, 3);
    write(tree(), file, 0, bytes);
    tree().setFlags(file, IMMUTABLE);
    tree().fsync(file, false);
    reopened();
    org.junit.jupiter.api.Assertions.assertArrayEquals(
        bytes, Trees.read(tree(), file, 0, bytes.length + 1));
  }
}
