package dev.brindle.store.contract;

import static dev.brindle.store.contract.Trees.GID;
import static dev.brindle.store.contract.Trees.ROOT;
import static dev.brindle.store.contract.Trees.UID;
import static dev.brindle.store.contract.Trees.directory;
import static dev.brindle.store.contract.Trees.file;
import static dev.brindle.store.contract.Trees.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.brindle.store.FileMode;
import dev.brindle.store.Name;
import dev.brindle.store.WritableFileTree.RenameMode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Listing directories: cookies, order, change meanwhile. */
public interface ListingContract extends TreeFixture {
  /** An entry as the visitor gets it. */
  record Entry(Name name, long inode, int mode, long cookie) {}

  /** Up to {@code most} entries after a cookie. */
  private List<Entry> page(long directory, long cookie, int most) throws IOException {
    List<Entry> page = new ArrayList<>();
    tree()
        .readdir(
            directory,
            cookie,
            (name, inode, mode, next) -> {
              if (page.size() == most) {
                return false;
              }
              page.add(new Entry(name, inode, mode, next));
              return true;
            });
    return page;
  }

  private static long last(List<Entry> entries) {
    return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).cookie();
  }

  @Test
  default void readdir_givesTypesWithoutPermissions() throws IOException {
    long d = directory(tree(), "d");
    long f = file(tree(), "f");
    long l = tree().symlink(ROOT, name("l"), new byte[] {'x'}, UID, GID).inode();
    long p = tree().create(ROOT, name("p"), FileMode.FIFO | 0600, UID, GID, 0).inode();
    Map<Long, Integer> types = new HashMap<>();
    for (Entry entry : page(ROOT, 0, 10)) {
      types.put(entry.inode(), entry.mode());
    }
    Map<Long, Integer> expected =
        Map.of(d, FileMode.DIRECTORY, f, FileMode.REGULAR, l, FileMode.SYMLINK, p, FileMode.FIFO);
    assertEquals(expected, types);
  }

  @Test
  default void readdir_inPagesOfAnySize_listsEachOnce() throws IOException {
    long directory = directory(tree(), "d");
    Set<Name> made = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      file(tree(), directory, "file " + i);
      made.add(name("file " + i));
    }
    for (int size : new int[] {1, 2, 7, 64, 499, 500, 501}) {
      List<Entry> all = new ArrayList<>();
      List<Entry> next = page(directory, 0, size);
      while (!next.isEmpty()) {
        all.addAll(next);
        next = page(directory, last(all), size);
      }
      assertEquals(500, all.size());
      Set<Name> listed = new HashSet<>();
      long before = 2;
      for (Entry entry : all) {
        listed.add(entry.name());
        assertTrue(entry.cookie() > before, "cookies rise");
        before = entry.cookie();
      }
      assertEquals(made, listed);
    }
  }

  @Test
  default void readdir_entryRefused_comesAgain() throws IOException {
    file(tree(), "a");
    file(tree(), "b");
    List<Entry> first = page(ROOT, 0, 1);
    List<Entry> rest = page(ROOT, last(first), 10);
    assertEquals(1, rest.size());
    assertTrue(!rest.get(0).name().equals(first.get(0).name()));
    assertEquals(List.of(), page(ROOT, last(rest), 10));
  }

  @Test
  default void readdir_fromCookieOfRemovedEntry_goesOnBehindIt() throws IOException {
    for (int i = 0; i < 20; i++) {
      file(tree(), "f" + i);
    }
    List<Entry> all = page(ROOT, 0, 100);
    for (int i = 0; i < all.size(); i++) {
      tree().unlink(ROOT, all.get(i).name());
      assertEquals(all.subList(i + 1, all.size()), page(ROOT, all.get(i).cookie(), 100));
    }
  }

  @Test
  default void readdir_cookiesAreStable_whateverElseComesAndGoes() throws IOException {
    for (int i = 0; i < 50; i++) {
      file(tree(), "stays" + i);
    }
    List<Entry> before = page(ROOT, 0, 100);
    for (int i = 0; i < 300; i++) {
      file(tree(), "comes" + i);
    }
    for (int i = 0; i < 300; i += 2) {
      tree().unlink(ROOT, name("comes" + i));
    }
    Set<Entry> after = new HashSet<>(page(ROOT, 0, 1000));
    for (Entry entry : before) {
      assertTrue(after.contains(entry), entry + " has moved");
    }
  }

  @Test
  default void readdir_visitorMayUseTheTree() throws IOException {
    for (int i = 0; i < 30; i++) {
      file(tree(), "f" + i);
    }
    List<Name> seen = new ArrayList<>();
    tree()
        .readdir(
            ROOT,
            0,
            (name, inode, mode, cookie) -> {
              try {
                tree().unlink(ROOT, name);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
              return seen.add(name);
            });
    assertEquals(30, seen.size());
    assertEquals(List.of(), page(ROOT, 0, 10));
  }

  @Test
  default void readdir_hundredThousandEntries_listedWhileTheyChange() throws IOException {
    int count = 100_000;
    long directory = directory(tree(), "big");
    for (int i = 0; i < count; i++) {
      file(tree(), directory, "entry" + i);
    }
    Set<Name> seen = new HashSet<>();
    List<Entry> next = page(directory, 0, 1000);
    for (int round = 0; !next.isEmpty(); round++) {
      for (Entry entry : next) {
        assertTrue(seen.add(entry.name()), entry.name() + " is listed twice");
      }
      // entries with an odd number stay; even ones are removed, others added all the while
      for (int i = round * 20; i < round * 20 + 20; i++) {
        tree()
            .rename(
                directory, name("entry" + i * 2), directory, name("new" + i), RenameMode.REPLACE);
      }
      next = page(directory, last(next), 1000);
    }
    for (int i = 1; i < count; i += 2) {
      assertTrue(seen.contains(name("entry" + i)), "entry" + i + " is missing");
    }
  }
}
