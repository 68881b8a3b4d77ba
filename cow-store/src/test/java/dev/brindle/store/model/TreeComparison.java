package dev.brindle.store.model;

import dev.brindle.store.FileMode;
import dev.brindle.store.FileTree;
import dev.brindle.store.InodeAttributes;
import dev.brindle.store.Name;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares a whole file tree of a store with the model's, from the root down. */
final class TreeComparison {
  private final FileTree actual;
  private final TreeState expected;
  private final boolean withData;
  private final boolean settled;

  private TreeComparison(FileTree actual, TreeState expected, boolean withData, boolean settled) {
    this.actual = actual;
    this.expected = expected;
    this.withData = withData;
    this.settled = settled;
  }

  /**
   * Throws an {@link AssertionError} with the path of the first difference.
   *
   * @param withData false leaves the files' bytes out
   * @param settled nothing is in buffers: the blocks can be counted
   */
  static void compare(FileTree actual, TreeState expected, boolean withData, boolean settled)
      throws IOException {
    new TreeComparison(actual, expected, withData, settled).run();
  }

  private void run() throws IOException {
    Set<Long> seen = new HashSet<>();
    Deque<Long> open = new ArrayDeque<>(List.of(FileTree.ROOT_INODE));
    while (!open.isEmpty()) {
      long number = open.pop();
      if (!seen.add(number)) {
        continue;
      }
      ModelInode inode = expected.inodes().get(number);
      if (inode == null) {
        throw new AssertionError("inode " + number + " is not in the model's tree");
      }
      try {
        compare(inode);
        for (Map.Entry<Name, Long> entry : inode.entries()) {
          open.push(entry.getValue());
        }
      } catch (IOException | AssertionError | RuntimeException e) {
        throw new AssertionError(
            "%s (inode %d): %s".formatted(expected.path(number), number, e.getMessage()), e);
      }
    }
  }

  private void compare(ModelInode inode) throws IOException {
    InodeAttributes attributes = actual.getattr(inode.number());
    InodeComparison.attributes(inode, attributes);
    if (settled && inode.isRegular()) {
      InodeComparison.blocks(inode.content(), attributes);
    }
    InodeComparison.xattrs(actual, inode);
    if (inode.isDirectory()) {
      InodeComparison.equal("parent", inode.parent(), actual.parent(inode.number()));
      entries(inode);
    } else if (inode.isSymlink()) {
      InodeComparison.bytes(
          "target", 0, InodeEdit.readlink(inode), actual.readlink(inode.number()));
    } else if (inode.isRegular() && withData) {
      InodeComparison.content(actual, inode);
    }
  }

  private void entries(ModelInode directory) throws IOException {
    PersistentMap<Name, Long> found = PersistentMap.empty();
    for (Listing.Entry entry : Listing.read(actual, directory.number(), 7)) {
      if (found.containsKey(entry.name())) {
        throw new AssertionError("the name " + entry.name() + " is listed twice");
      }
      found = found.with(entry.name(), entry.inode());
      ModelInode child = expected.inodes().get(entry.inode());
      if (child != null) {
        InodeComparison.equal(
            "type of " + entry.name(), child.mode() & FileMode.TYPE_MASK, entry.mode());
      }
    }
    if (!directory.entries().sameAs(found, Long::equals)) {
      throw new AssertionError(
          "entries: expected %s, found %s".formatted(list(directory.entries()), list(found)));
    }
  }

  private static List<String> list(PersistentMap<Name, Long> entries) {
    List<String> result = new ArrayList<>();
    entries.forEach(entry -> result.add(entry.getKey() + "=" + entry.getValue()));
    return result;
  }
}
