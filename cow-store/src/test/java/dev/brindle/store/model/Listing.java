package dev.brindle.store.model;

import dev.brindle.store.FileTree;
import dev.brindle.store.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads directories as the kernel does: some entries at a time, from cookie to cookie. */
final class Listing {
  record Entry(Name name, long inode, int mode, long cookie) {}

  private Listing() {}

  static List<Entry> read(FileTree tree, long directory, int atATime) throws IOException {
    List<Entry> all = new ArrayList<>();
    while (true) {
      List<Entry> page = page(tree, directory, cookie(all), atATime);
      if (page.isEmpty()) {
        return all;
      }
      all.addAll(page);
    }
  }

  /** Up to {@code most} entries after a cookie. */
  static List<Entry> page(FileTree tree, long directory, long after, int most) throws IOException {
    List<Entry> page = new ArrayList<>();
    tree.readdir(
        directory,
        after,
        (name, inode, mode, cookie) -> {
          long before = page.isEmpty() ? after : page.get(page.size() - 1).cookie();
          if (cookie < 3 || cookie <= before) {
            throw new AssertionError("cookie " + cookie + " of " + name + " after " + before);
          }
          if (page.size() == most) {
            return false;
          }
          page.add(new Entry(name, inode, mode, cookie));
          return true;
        });
    return page;
  }

  /** Where the listing goes on. */
  static long cookie(List<Entry> entries) {
    return entries.isEmpty() ? 0 : entries.get(entries.size() - 1).cookie();
  }
}
