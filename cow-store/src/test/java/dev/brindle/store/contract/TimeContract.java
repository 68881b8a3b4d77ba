package dev.brindle.store.contract;

import static dev.brindle.store.Errno.EEXIST;
import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.Errno.ENOTEMPTY;
import static dev.brindle.store.contract.Trees.GID;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.UID;
import static dev.brindle.store.contract.Trees.changedTimes;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.read;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree.Seek;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Timestamp;
import dev.brindle.store.WritableFileTree.FallocateMode;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Which operation changes which time stamps of which inode. */
public interface TimeContract extends TreeFixture {
  @Test
  default void newInode_hasThePresentInAllTimes() throws IOException {
    Timestamp before = Timestamp.now();
    InodeAttributes made = tree().create(ROOT, name("f"), FileMode.REGULAR | 0644, UID, GID, 0);
    assertTrue(before.compareTo(made.birthTime()) <= 0);
    assertTrue(made.birthTime().compareTo(Timestamp.now()) <= 0);
    assertEquals(made.birthTime(), made.accessTime());
    assertEquals(made.birthTime(), made.modificationTime());
    assertEquals(made.birthTime(), made.changeTime());
  }

  @Test
  default void making_changesTheDirectory() throws IOException {
    long d = directory(tree(), "d");
    long other = file(tree(), "other");
    assertEquals("mc", changedTimes(tree(), d, () -> file(tree(), d, "f")));
    assertEquals("mc", changedTimes(tree(), d, () -> directory(tree(), d, "e")));
    assertEquals(
        "mc",
        changedTimes(tree(), d, () -> tree().symlink(d, name("l"), new byte[] {'x'}, UID, GID)));
    assertEquals("mc", changedTimes(tree(), d, () -> tree().link(other, d, name("h"))));
    assertEquals("c", changedTimes(tree(), other, () -> tree().link(other, d, name("h2"))));
  }

  @Test
  default void removing_changesTheDirectory_andTheInodeThatIsLeft() throws IOException {
    long d = directory(tree(), "d");
    long f = file(tree(), d, "f");
    tree().link(f, d, name("g"));
    directory(tree(), d, "e");
    assertEquals("mc", changedTimes(tree(), d, () -> tree().unlink(d, name("g"))));
    tree().link(f, d, name("g"));
    assertEquals("c", changedTimes(tree(), f, () -> tree().unlink(d, name("g"))));
    assertEquals("mc", changedTimes(tree(), d, () -> tree().rmdir(d, name("e"))));
    tree().hold(f);
    assertEquals("c", changedTimes(tree(), f, () -> tree().unlink(d, name("f"))));
    tree().release(f);
  }

  @Test
  default void rename_changesBothDirectories_andTheInode() throws IOException {
    long a = directory(tree(), "a");
    long b = directory(tree(), "b");
    long f = file(tree(), a, "f");
    assertEquals("mc", changedTimes(tree(), a, () -> rename(a, "f", a, "g")));
    assertEquals("mc", changedTimes(tree(), a, () -> rename(a, "g", b, "g")));
    assertEquals("mc", changedTimes(tree(), b, () -> rename(b, "g", a, "g")));
    assertEquals("mc", changedTimes(tree(), b, () -> rename(a, "g", b, "g")));
    assertEquals("c", changedTimes(tree(), f, () -> rename(b, "g", a, "f")));
    long replaced = file(tree(), b, "old");
    tree().link(replaced, b, name("old2"));
    assertEquals("c", changedTimes(tree(), replaced, () -> rename(a, "f", b, "old")));
  }

  private void rename(long from, String name, long to, String newName) throws IOException {
    tree().rename(from, name(name), to, name(newName), RenameMode.REPLACE);
  }

  @Test
  default void data_changesModificationAndChange() throws IOException {
    long f = file(tree(), "f", "text");
    assertEquals("mc", changedTimes(tree(), f, () -> write(tree(), f, 0, "x")));
    assertEquals("mc", changedTimes(tree(), f, () -> write(tree(), f, 100, "x")));
    assertEquals(
        "mc", changedTimes(tree(), f, () -> tree().append(f, ByteBuffer.wrap(new byte[10]))));
    assertEquals("mc", changedTimes(tree(), f, () -> tree().setattr(f, AttributeChange.ofSize(5))));
    assertEquals(
        "mc", changedTimes(tree(), f, () -> tree().setattr(f, AttributeChange.ofSize(50))));
    for (FallocateMode mode : FallocateMode.values()) {
      assertEquals(
          "mc", changedTimes(tree(), f, () -> tree().fallocate(f, mode, 0, 8192)), mode.name());
    }
  }

  @Test
  default void reading_changesNothing() throws IOException {
    long f = file(tree(), "f", "text");
    long d = directory(tree(), "d");
    tree().setxattr(f, name("user.a"), new byte[1], XattrMode.CREATE);
    assertEquals(
        "",
        changedTimes(
            tree(),
            f,
            () -> {
              read(tree(), f, 0, 10);
              tree().seek(f, 0, Seek.DATA);
              tree().getattr(f);
              tree().getxattr(f, name("user.a"));
              tree().listxattr(f);
              tree().lookup(ROOT, name("f"));
              tree().fsync(f, false);
              tree().hold(f);
              tree().release(f);
              tree().sync();
            }));
    assertEquals("", changedTimes(tree(), d, () -> tree().readdir(d, 0, (n, i, m, c) -> true)));
    assertEquals("", changedTimes(tree(), ROOT, () -> tree().lookup(ROOT, name("d"))));
  }

  @Test
  default void attributes_changeTheChangeTime() throws IOException {
    long f = file(tree(), "f", "text");
    assertEquals(
        "c", changedTimes(tree(), f, () -> tree().setattr(f, AttributeChange.ofMode(0600))));
    assertEquals(
        "c", changedTimes(tree(), f, () -> tree().setattr(f, AttributeChange.ofMode(0600))));
    assertEquals(
        "c", changedTimes(tree(), f, () -> tree().setattr(f, AttributeChange.ofOwner(1, 1))));
    assertEquals(
        "c",
        changedTimes(
            tree(), f, () -> tree().setxattr(f, name("user.a"), new byte[9], XattrMode.CREATE)));
    assertEquals("c", changedTimes(tree(), f, () -> tree().removexattr(f, name("user.a"))));
    InodeAttributes before = tree().getattr(f);
    Trees.tick();
    InodeAttributes after =
        tree().setattr(f, AttributeChange.ofTimes(new Timestamp(1, 1), new Timestamp(2, 2)));
    assertTrue(before.changeTime().compareTo(after.changeTime()) < 0);
  }

  @Test
  default void touchAccessTime_isRelative() throws IOException {
    long f = file(tree(), "f", "text");
    assertEquals("a", changedTimes(tree(), f, () -> tree().touchAccessTime(f)));
    assertEquals("", changedTimes(tree(), f, () -> tree().touchAccessTime(f)));
    write(tree(), f, 0, "x");
    assertEquals("a", changedTimes(tree(), f, () -> tree().touchAccessTime(f)));
    tree().setattr(f, AttributeChange.ofMode(0600));
    assertEquals("a", changedTimes(tree(), f, () -> tree().touchAccessTime(f)));
    assertEquals("", changedTimes(tree(), f, () -> tree().touchAccessTime(f)));
  }

  @Test
  default void touchAccessTime_olderThanADay_moves() throws IOException {
    long f = file(tree(), "f", "text");
    Timestamp now = Timestamp.now();
    Timestamp future = new Timestamp(now.seconds() + 1000, 0);
    tree().setattr(f, AttributeChange.ofTimes(future, new Timestamp(5, 5)));
    assertEquals("", changedTimes(tree(), f, () -> tree().touchAccessTime(f)));
    Timestamp old = new Timestamp(now.seconds() - 100_000, 0);
    tree().setattr(f, AttributeChange.ofTimes(old, new Timestamp(5, 5)));
    assertEquals("a", changedTimes(tree(), f, () -> tree().touchAccessTime(f)));
  }

  @Test
  default void refusedOperations_changeNothing() throws IOException {
    long d = directory(tree(), "d");
    long f = file(tree(), d, "f");
    assertEquals(
        "",
        changedTimes(
            tree(),
            d,
            () -> {
              Trees.refused(EEXIST, () -> file(tree(), d, "f"));
              Trees.refused(ENOTEMPTY, () -> tree().rmdir(ROOT, name("d")));
              Trees.refused(ENOENT, () -> tree().unlink(d, name("x")));
            }));
    assertEquals("", changedTimes(tree(), f, () -> write(tree(), f, 0, new byte[0])));
  }
}
