package dev.brindle.store.contract;

import static dev.brindle.store.Errno.EEXIST;
import static dev.brindle.store.Errno.EISDIR;
import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.Errno.ENOTDIR;
import static dev.brindle.store.Errno.ENOTEMPTY;
import static dev.brindle.store.contract.Trees.GID;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.UID;
import static dev.brindle.store.contract.Trees.attributes;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.names;
import static dev.brindle.store.contract.Trees.refused;
import static dev.brindle.store.contract.Trees.text;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileMode;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.WritableFileTree.RenameMode;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What loses its last name while it is held. */
public interface HoldContract extends TreeFixture {
  @Test
  default void unlinkedFile_heldTwice_livesTillTheLastRelease() throws IOException {
    long file = file(tree(), "f", "text");
    tree().hold(file);
    tree().hold(file);
    tree().unlink(ROOT, name("f"));
    assertEquals(List.of(), names(tree(), ROOT));
    assertEquals(0, attributes(tree(), file).linkCount());
    assertEquals("text", text(tree(), file));
    tree().release(file);
    assertEquals("text", text(tree(), file));
    tree().release(file);
    refused(ENOENT, () -> tree().getattr(file));
  }

  @Test
  default void unlinkedFile_canStillBeChanged() throws IOException {
    long file = file(tree(), "f", "text");
    tree().hold(file);
    tree().unlink(ROOT, name("f"));
    write(tree(), file, 4, " and more");
    tree().setattr(file, AttributeChange.ofMode(0600));
    tree().setattr(file, AttributeChange.ofSize(8));
    tree().setxattr(file, name("user.a"), new byte[] {1}, XattrMode.CREATE);
    tree().fsync(file, false);
    assertEquals("text and", text(tree(), file));
    assertArrayEquals(new byte[] {1}, tree().getxattr(file, name("user.a")));
    tree().release(file);
  }

  @Test
  default void unlinkedFile_withLargeData_staysWhole() throws IOException {
    long file = file(tree(), "f");
    byte[] bytes = Trees.pattern(3_000_000, 5);
    write(tree(), file, 0, bytes);
    tree().sync();
    tree().hold(file);
    tree().unlink(ROOT, name("f"));
    file(tree(), "f", "another one");
    tree().sync();
    assertArrayEquals(bytes, Trees.read(tree(), file, 0, bytes.length));
    tree().release(file);
    assertEquals("another one", text(tree(), ROOT, "f"));
  }

  @Test
  default void heldFile_withItsName_staysAfterRelease() throws IOException {
    long file = file(tree(), "f", "text");
    tree().hold(file);
    tree().release(file);
    assertEquals("text", text(tree(), file));
  }

  private long createHeld(String text) throws IOException {
    long file = tree().createHeld(ROOT, name("f"), 0666, 022, UID, GID).inode();
    write(tree(), file, 0, text);
    return file;
  }

  @Test
  default void fileMadeHeld_isLikeAnyOther() throws IOException {
    long file = createHeld("text");
    InodeAttributes made = tree().lookup(ROOT, name("f"));
    assertEquals(file, made.inode());
    assertEquals(1, made.linkCount());
    assertEquals(FileMode.REGULAR | 0644, made.mode());
    tree().release(file);
    assertEquals("text", text(tree(), ROOT, "f"));
    reopened();
    assertEquals("text", text(tree(), ROOT, "f"));
  }

  @Test
  default void fileMadeHeld_outlivesItsName_tillTheRelease() throws IOException {
    long file = createHeld("text");
    tree().unlink(ROOT, name("f"));
    assertEquals("text", text(tree(), file));
    assertEquals(0, attributes(tree(), file).linkCount());
    refused(ENOENT, () -> tree().link(file, ROOT, name("g")));
    long other = createHeld("other");
    tree().release(file);
    refused(ENOENT, () -> tree().getattr(file));
    assertEquals("other", text(tree(), ROOT, "f"));
    tree().release(other);
  }

  @Test
  default void fileMadeHeld_thatLostItsName_isGoneAfterReopen() throws IOException {
    long inodes = tree().statistics().inodes();
    long file = createHeld("text");
    tree().unlink(ROOT, name("f"));
    tree().fsync(file, false);
    reopened();
    refused(ENOENT, () -> tree().getattr(file));
    assertEquals(inodes, tree().statistics().inodes());
  }

  @Test
  default void fileMadeHeld_isRefusedWhereAnotherIs_andHoldsNothing() throws IOException {
    long file = file(tree(), "f", "text");
    refused(EEXIST, () -> tree().createHeld(ROOT, name("f"), 0644, 0, UID, GID));
    refused(ENOTDIR, () -> tree().createHeld(file, name("g"), 0644, 0, UID, GID));
    tree().unlink(ROOT, name("f"));
    refused(ENOENT, () -> tree().getattr(file));
  }

  @Test
  default void unlinkedFile_isGoneAfterReopen() throws IOException {
    long file = file(tree(), "f", "text");
    long inodes = tree().statistics().inodes();
    tree().hold(file);
    tree().unlink(ROOT, name("f"));
    tree().sync();
    reopened();
    refused(ENOENT, () -> tree().getattr(file));
    assertEquals(inodes - 1, tree().statistics().inodes());
  }

  @Test
  default void heldDirectory_showsHowManyEntriesItHas() throws IOException {
    long directory = directory(tree(), "d");
    tree().hold(directory);
    file(tree(), directory, "f");
    file(tree(), directory, "g");
    assertEquals(2, attributes(tree(), directory).size());
    tree().unlink(directory, name("f"));
    assertEquals(1, attributes(tree(), directory).size());
    tree().release(directory);
    assertEquals(1, attributes(tree(), directory).size());
  }

  @Test
  default void removedDirectory_held_isEmptyAndCanBeChanged_tillTheRelease() throws IOException {
    long inodes = tree().statistics().inodes();
    long dir = directory(tree(), "d");
    InodeAttributes removed = tree().rmdir(ROOT, name("d"), true);
    assertEquals(dir, removed.inode());
    assertEquals(0, removed.linkCount());
    assertEquals(removed, tree().getattr(dir));
    assertEquals(List.of(), names(tree(), dir));
    assertEquals(List.of(), names(tree(), ROOT));
    assertEquals(dir, tree().parent(dir));
    assertEquals(0700, tree().setattr(dir, AttributeChange.ofMode(0700)).mode() & 07777);
    tree().setxattr(dir, name("user.a"), new byte[] {1}, XattrMode.CREATE);
    assertArrayEquals(new byte[] {1}, tree().getxattr(dir, name("user.a")));
    tree().fsync(dir, false);
    tree().release(dir);
    refused(ENOENT, () -> tree().getattr(dir));
    assertEquals(inodes, tree().statistics().inodes());
  }

  @Test
  default void removedDirectory_held_takesNoNewName() throws IOException {
    long file = file(tree(), "f");
    long dir = directory(tree(), "d");
    tree().rmdir(ROOT, name("d"), true);
    refused(ENOENT, () -> tree().create(dir, name("f"), FileMode.REGULAR | 0644, UID, GID, 0));
    refused(ENOENT, () -> tree().mkdir(dir, name("e"), 0755, UID, GID));
    refused(ENOENT, () -> tree().symlink(dir, name("s"), new byte[] {1}, UID, GID));
    refused(ENOENT, () -> tree().link(file, dir, name("f")));
    refused(ENOENT, () -> tree().rename(ROOT, name("f"), dir, name("f"), RenameMode.REPLACE));
    refused(ENOENT, () -> tree().createUnnamed(dir, 0600, 0, UID, GID));
    refused(ENOENT, () -> tree().lookup(dir, name("f")));
    tree().release(dir);
  }

  @Test
  default void directory_replacedByAnother_isHeld() throws IOException {
    long old = directory(tree(), "old");
    long fresh = directory(tree(), "fresh");
    InodeAttributes replaced =
        tree().rename(ROOT, name("fresh"), ROOT, name("old"), RenameMode.REPLACE, true);
    assertEquals(tree().getattr(old), replaced);
    assertEquals(0, attributes(tree(), old).linkCount());
    assertEquals(fresh, tree().lookup(ROOT, name("old")).inode());
    assertEquals(3, attributes(tree(), ROOT).linkCount());
    tree().release(old);
    refused(ENOENT, () -> tree().getattr(old));
  }

  @Test
  default void replacedFile_isHeld_withItsData_unlessItHasAnotherName() throws IOException {
    long old = file(tree(), "f", "old");
    tree().link(old, ROOT, name("other"));
    file(tree(), "g", "new");
    InodeAttributes linked =
        tree().rename(ROOT, name("g"), ROOT, name("f"), RenameMode.REPLACE, true);
    assertEquals(tree().getattr(old), linked);
    assertEquals(1, attributes(tree(), old).linkCount());
    tree().rename(ROOT, name("f"), ROOT, name("other"), RenameMode.REPLACE, true);
    assertEquals(0, attributes(tree(), old).linkCount());
    assertEquals("old", text(tree(), old));
    tree().release(old);
    refused(ENOENT, () -> tree().getattr(old));
  }

  @Test
  default void rename_thatReplacesNothing_holdsNothing() throws IOException {
    long file = file(tree(), "f");
    long other = file(tree(), "other");
    assertNull(tree().rename(ROOT, name("f"), ROOT, name("g"), RenameMode.REPLACE, true));
    assertNull(tree().rename(ROOT, name("g"), ROOT, name("other"), RenameMode.EXCHANGE, true));
    tree().link(file, ROOT, name("hard"));
    assertNull(tree().rename(ROOT, name("hard"), ROOT, name("other"), RenameMode.REPLACE, true));
    tree().unlink(ROOT, name("hard"));
    tree().unlink(ROOT, name("other"));
    tree().unlink(ROOT, name("g"));
    refused(ENOENT, () -> tree().getattr(file));
    refused(ENOENT, () -> tree().getattr(other));
  }

  @Test
  default void unlink_holdsWhatIsNoRegularFile() throws IOException {
    long inodes = tree().statistics().inodes();
    long link = tree().symlink(ROOT, name("s"), new byte[] {'t'}, UID, GID).inode();
    long fifo = tree().create(ROOT, name("p"), FileMode.FIFO | 0600, UID, GID, 0).inode();
    long file = file(tree(), "f", "text");
    assertEquals(0, tree().unlink(ROOT, name("s"), true).linkCount());
    assertArrayEquals(new byte[] {'t'}, tree().readlink(link));
    tree().unlink(ROOT, name("p"), true);
    tree().setattr(fifo, AttributeChange.ofMode(0640));
    assertEquals(FileMode.FIFO | 0640, attributes(tree(), fifo).mode());
    InodeAttributes removed = tree().unlink(ROOT, name("f"), true);
    assertEquals(0, removed.linkCount());
    assertEquals(4, removed.size());
    refused(ENOENT, () -> tree().getattr(file));
    tree().release(link);
    tree().release(fifo);
    refused(ENOENT, () -> tree().readlink(link));
    assertEquals(inodes, tree().statistics().inodes());
  }

  @Test
  default void unlinkedFile_thatHasAnotherName_saysSo_andIsNotHeld() throws IOException {
    long link = tree().symlink(ROOT, name("s"), new byte[] {'t'}, UID, GID).inode();
    tree().link(link, ROOT, name("r"));
    assertEquals(1, tree().unlink(ROOT, name("s"), true).linkCount());
    tree().unlink(ROOT, name("r"));
    refused(ENOENT, () -> tree().getattr(link));
  }

  @Test
  default void removalThatIsRefused_holdsNothing() throws IOException {
    long dir = directory(tree(), "d");
    long file = file(tree(), dir, "f");
    refused(ENOTEMPTY, () -> tree().rmdir(ROOT, name("d"), true));
    refused(EISDIR, () -> tree().unlink(ROOT, name("d"), true));
    refused(ENOTDIR, () -> tree().rmdir(dir, name("f"), true));
    tree().unlink(dir, name("f"));
    tree().rmdir(ROOT, name("d"));
    refused(ENOENT, () -> tree().getattr(dir));
    refused(ENOENT, () -> tree().getattr(file));
  }

  @Test
  default void removedDirectory_held_isGoneAfterReopen() throws IOException {
    long inodes = tree().statistics().inodes();
    long dir = directory(tree(), "d");
    tree().rmdir(ROOT, name("d"), true);
    tree().sync();
    reopened();
    refused(ENOENT, () -> tree().getattr(dir));
    assertEquals(inodes, tree().statistics().inodes());
  }
}
