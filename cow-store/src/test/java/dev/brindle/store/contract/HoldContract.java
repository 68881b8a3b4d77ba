package dev.brindle.store.contract;

import static dev.brindle.store.Errno.EEXIST;
import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.Errno.ENOTDIR;
import static dev.brindle.store.contract.Trees.GID;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.UID;
import static dev.brindle.store.contract.Trees.attributes;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.names;
import static dev.brindle.store.contract.Trees.refused;
import static dev.brindle.store.contract.Trees.text;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.AttributeChange;
import dev.brindle.store.FileMode;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.WritableFileTree.XattrMode;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files that are unlinked while they are open. */
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
}
