package dev.brindle.store.contract;

import static dev.brindle.store.Errno.EEXIST;
import static dev.brindle.store.Errno.EINVAL;
import static dev.brindle.store.Errno.EISDIR;
import static dev.brindle.store.Errno.ENOENT;
import static dev.brindle.store.Errno.ENOTDIR;
import static dev.brindle.store.Errno.ENOTEMPTY;
import static dev.brindle.store.contract.Trees.GID;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.UID;
import static dev.brindle.store.contract.Trees.attributes;
import static dev.brindle.store.contract.Trees.changedTimes;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static dev.brindle.store.contract.Trees.names;
import static dev.brindle.store.contract.Trees.refused;
import static dev.brindle.store.contract.Trees.text;
import static dev.brindle.store.contract.Trees.write;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.brindle.store.Errno;
import dev.brindle.store.FileMode;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Renaming: the whole matrix of what is renamed onto what, and how. */
public interface RenameContract extends TreeFixture {
  RenameMode REPLACE = RenameMode.REPLACE;

  /** What a name can stand for. */
  enum Kind {
    NOTHING,
    FILE,
    SYMLINK,
    FIFO,
    EMPTY_DIRECTORY,
    FULL_DIRECTORY;

    boolean isDirectory() {
      return this == EMPTY_DIRECTORY || this == FULL_DIRECTORY;
    }
  }

  private long make(Kind kind, long directory, String name) throws IOException {
    return switch (kind) {
      case NOTHING -> 0;
      case FILE -> file(tree(), directory, name);
      case SYMLINK -> tree().symlink(directory, name(name), new byte[] {'x'}, UID, GID).inode();
      case FIFO -> tree().create(directory, name(name), FileMode.FIFO | 0600, UID, GID, 0).inode();
      case EMPTY_DIRECTORY -> directory(tree(), directory, name);
      case FULL_DIRECTORY -> {
        long made = directory(tree(), directory, name);
        file(tree(), made, "inside");
        yield made;
      }
    };
  }

  private static Set<Errno> errnos(Kind from, Kind to, RenameMode mode) {
    EnumSet<Errno> errnos = EnumSet.noneOf(Errno.class);
    if (from == Kind.NOTHING || to == Kind.NOTHING && mode == RenameMode.EXCHANGE) {
      errnos.add(ENOENT);
    }
    if (mode == RenameMode.NO_REPLACE && to != Kind.NOTHING) {
      errnos.add(EEXIST);
    }
    if (mode == RenameMode.REPLACE && from != Kind.NOTHING && to != Kind.NOTHING) {
      if (from.isDirectory() && !to.isDirectory()) {
        errnos.add(ENOTDIR);
      }
      if (!from.isDirectory() && to.isDirectory()) {
        errnos.add(EISDIR);
      }
      if (from.isDirectory() && to == Kind.FULL_DIRECTORY) {
        errnos.add(ENOTEMPTY);
      }
    }
    return errnos;
  }

  @Test
  default void rename_matrix() throws IOException {
    int round = 0;
    for (RenameMode mode : RenameMode.values()) {
      for (Kind from : Kind.values()) {
        for (Kind to : Kind.values()) {
          for (boolean sameDirectory : new boolean[] {true, false}) {
            one(mode, from, to, sameDirectory, "round" + round++);
          }
        }
      }
    }
  }

  private void one(RenameMode mode, Kind from, Kind to, boolean sameDirectory, String place)
      throws IOException {
    String what = "%s %s onto %s %s".formatted(place, from, to, mode);
    long a = directory(tree(), place);
    long b = sameDirectory ? a : directory(tree(), a, "other");
    long source = make(from, a, "source");
    long target = make(to, b, "target");
    int linksA = attributes(tree(), a).linkCount();
    int linksB = attributes(tree(), b).linkCount();
    Set<Errno> errnos = errnos(from, to, mode);
    if (!errnos.isEmpty()) {
      refused(errnos, () -> tree().rename(a, name("source"), b, name("target"), mode));
      expect(what, a, "source", source);
      expect(what, b, "target", target);
      assertEquals(linksA, attributes(tree(), a).linkCount(), what);
      return;
    }
    tree().rename(a, name("source"), b, name("target"), mode);
    expect(what, b, "target", source);
    expect(what, a, "source", mode == RenameMode.EXCHANGE ? target : 0);
    if (from.isDirectory()) {
      assertEquals(b, tree().parent(source), what);
    }
    if (mode == RenameMode.EXCHANGE && to.isDirectory()) {
      assertEquals(a, tree().parent(target), what);
    }
    if (mode == RenameMode.REPLACE && to != Kind.NOTHING) {
      refused(ENOENT, () -> tree().getattr(target));
    }
    int moved = from.isDirectory() ? 1 : 0;
    int left = to.isDirectory() ? 1 : 0;
    int back = mode == RenameMode.EXCHANGE ? left : 0;
    if (sameDirectory) {
      assertEquals(linksA + back - left, attributes(tree(), a).linkCount(), what);
    } else {
      assertEquals(linksA - moved + back, attributes(tree(), a).linkCount(), what);
      assertEquals(linksB + moved - left, attributes(tree(), b).linkCount(), what);
    }
  }

  private void expect(String what, long directory, String name, long inode) throws IOException {
    if (inode == 0) {
      refused(ENOENT, () -> tree().lookup(directory, name(name)));
    } else {
      assertEquals(inode, tree().lookup(directory, name(name)).inode(), what);
    }
  }

  @Test
  default void rename_ontoAnotherNameOfTheSameInode_doesNothing() throws IOException {
    long inode = file(tree(), "f", "text");
    tree().link(inode, ROOT, name("g"));
    String changed =
        changedTimes(tree(), inode, () -> tree().rename(ROOT, name("f"), ROOT, name("g"), REPLACE));
    assertEquals("", changed);
    tree().rename(ROOT, name("f"), ROOT, name("f"), REPLACE);
    tree().rename(ROOT, name("f"), ROOT, name("g"), RenameMode.EXCHANGE);
    assertEquals(List.of("f", "g"), names(tree(), ROOT));
    assertEquals(2, attributes(tree(), inode).linkCount());
    refused(EEXIST, () -> tree().rename(ROOT, name("f"), ROOT, name("g"), RenameMode.NO_REPLACE));
  }

  @Test
  default void rename_directoryBelowItself_isRefused() throws IOException {
    long a = directory(tree(), "a");
    long b = directory(tree(), a, "b");
    long c = directory(tree(), b, "c");
    for (RenameMode mode : List.of(REPLACE, RenameMode.NO_REPLACE)) {
      refused(EINVAL, () -> tree().rename(ROOT, name("a"), a, name("x"), mode));
      refused(EINVAL, () -> tree().rename(ROOT, name("a"), b, name("x"), mode));
      refused(EINVAL, () -> tree().rename(ROOT, name("a"), c, name("x"), mode));
    }
    refused(EINVAL, () -> tree().rename(ROOT, name("a"), a, name("b"), RenameMode.EXCHANGE));
    refused(EINVAL, () -> tree().rename(a, name("b"), ROOT, name("a"), RenameMode.EXCHANGE));
    refused(
        EnumSet.of(ENOTEMPTY, EEXIST), () -> tree().rename(b, name("c"), ROOT, name("a"), REPLACE));
    assertEquals(b, tree().parent(c));
    assertEquals(ROOT, tree().parent(a));
  }

  @Test
  default void rename_directoryAway_andBack_keepsWhatIsBelow() throws IOException {
    long a = directory(tree(), "a");
    long b = directory(tree(), a, "b");
    long file = file(tree(), b, "f");
    long other = directory(tree(), "other");
    tree().rename(a, name("b"), other, name("moved"), REPLACE);
    assertEquals(other, tree().parent(b));
    assertEquals(file, tree().lookup(b, name("f")).inode());
    tree().rename(ROOT, name("a"), b, name("a"), REPLACE);
    assertEquals(b, tree().parent(a));
    assertEquals(List.of("other"), names(tree(), ROOT));
  }

  @Test
  default void rename_ontoOpenFile_keepsHandleReadable() throws IOException {
    long old = file(tree(), "old", "old text");
    long fresh = file(tree(), "fresh", "fresh text");
    tree().hold(old);
    tree().rename(ROOT, name("fresh"), ROOT, name("old"), REPLACE);
    assertEquals("old text", text(tree(), old));
    assertEquals(0, attributes(tree(), old).linkCount());
    write(tree(), old, 0, "OLD");
    assertEquals("OLD text", text(tree(), old));
    assertEquals(fresh, tree().lookup(ROOT, name("old")).inode());
    tree().release(old);
    refused(ENOENT, () -> tree().getattr(old));
  }

  @Test
  default void rename_ontoFileWithAnotherName_countsItsLinksDown() throws IOException {
    long old = file(tree(), "old", "text");
    tree().link(old, ROOT, name("second"));
    file(tree(), "fresh");
    tree().rename(ROOT, name("fresh"), ROOT, name("old"), REPLACE);
    assertEquals(1, attributes(tree(), old).linkCount());
    assertEquals("text", text(tree(), ROOT, "second"));
  }

  @Test
  default void rename_writeToTemporary_replacesWhole() throws IOException {
    for (int i = 0; i < 20; i++) {
      file(tree(), "temporary", "content " + i);
      tree().rename(ROOT, name("temporary"), ROOT, name("file"), REPLACE);
      assertEquals("content " + i, text(tree(), ROOT, "file"));
    }
    assertEquals(List.of("file"), names(tree(), ROOT));
  }
}
