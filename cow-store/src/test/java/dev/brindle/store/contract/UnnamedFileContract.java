package dev.brindle.store.contract;

import static dev.brindle.store.Errno.EEXIST;
import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.Errno.ENOTDIR;
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
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files that are made without a name (O_TMPFILE). */
public interface UnnamedFileContract extends TreeFixture {
  private long unnamed(String text) throws IOException {
    long file = tree().createUnnamed(ROOT, 0640, 0, UID, GID).inode();
    write(tree(), file, 0, text);
    return file;
  }

  @Test
  default void unnamedFile_hasNoLinkAndShowsNowhere() throws IOException {
    InodeAttributes root = tree().getattr(ROOT);
    long file = unnamed("text");
    InodeAttributes made = tree().getattr(file);
    assertEquals(0, made.linkCount());
    assertEquals(FileMode.REGULAR | 0640, made.mode());
    assertEquals("text", text(tree(), file));
    assertEquals(List.of(), names(tree(), ROOT));
    assertEquals(root, tree().getattr(ROOT));
    tree().release(file);
    refused(ENOENT, () -> tree().getattr(file));
  }

  @Test
  default void unnamedFile_takesOneFirstName_andLivesWithIt() throws IOException {
    file(tree(), "taken", "other");
    long file = unnamed("text");
    refused(EEXIST, () -> tree().link(file, ROOT, name("taken")));
    assertEquals(1, tree().link(file, ROOT, name("f")).linkCount());
    tree().release(file);
    assertEquals("text", text(tree(), ROOT, "f"));
    reopened();
    assertEquals("text", text(tree(), ROOT, "f"));
    assertEquals("other", text(tree(), ROOT, "taken"));
  }

  @Test
  default void fileThatLostItsName_takesNoOther() throws IOException {
    long file = unnamed("text");
    tree().link(file, ROOT, name("f"));
    tree().unlink(ROOT, name("f"));
    refused(ENOENT, () -> tree().link(file, ROOT, name("g")));
    tree().release(file);
    refused(ENOENT, () -> tree().getattr(file));
    assertEquals(List.of(), names(tree(), ROOT));
  }

  @Test
  default void unnamedFile_isGoneAfterReopen_withItsBlocks() throws IOException {
    long inodes = tree().statistics().inodes();
    long file = unnamed("");
    write(tree(), file, 0, Trees.pattern(3_000_000, 5));
    tree().fsync(file, false);
    reopened();
    refused(ENOENT, () -> tree().getattr(file));
    assertEquals(inodes, tree().statistics().inodes());
  }

  @Test
  default void unnamedFile_inheritsTheGroupOfASetGidDirectory() throws IOException {
    long shared = directory(tree(), "shared");
    tree().setattr(shared, AttributeChange.ofOwner(null, 77));
    tree().setattr(shared, AttributeChange.ofMode(02775));
    long file = tree().createUnnamed(shared, 0666, 022, UID, GID).inode();
    assertEquals(77, tree().getattr(file).gid());
    assertEquals(FileMode.REGULAR | 0644, tree().getattr(file).mode());
    tree().release(file);
  }

  @Test
  default void unnamedFile_isRefusedWhereNoFileCanBe() throws IOException {
    long file = file(tree(), "f", "text");
    refused(ENOTDIR, () -> tree().createUnnamed(file, 0644, 0, UID, GID));
    long gone = directory(tree(), "gone");
    tree().hold(gone);
    tree().rmdir(ROOT, name("gone"));
    refused(ENOENT, () -> tree().createUnnamed(gone, 0644, 0, UID, GID));
    tree().release(gone);
  }
}
