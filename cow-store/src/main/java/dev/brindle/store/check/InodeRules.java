package dev.brindle.store.check;

import dev.brindle.store.FileTree;
import dev.brindle.store.tree.Item;
import dev.brindle.store.volume.BackReferenceItem.Reference;
import dev.brindle.store.volume.Inode;
import dev.brindle.store.volume.ItemType;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one inode: its link count, its size, its blocks, its kind of content, and its way up
 * to the root. Counts over many items are verified by how they changed.
 */
final class InodeRules {
  private final String place;
  private final TreeLookup tree;
  private final Problems problems;

  InodeRules(String place, TreeLookup tree, Problems problems) {
    this.place = place;
    this.tree = tree;
    this.problems = problems;
  }

  void verify(InodeChange change) throws IOException {
    Inode inode = tree.inode(change.number);
    if (inode == null) {
      Item item = tree.anyItem(change.number);
      if (item != null) {
        problems.add(
            place,
            "inode %d does not exist, and has items of type %d"
                .formatted(change.number, ItemType.typeOf(item.high())));
      }
      return;
    }
    verifyNames(inode);
    verifyContent(inode, change);
    if (inode.linkCount() == 0) {
      verifyOrphan(inode);
    } else if (inode.isDirectory()) {
      verifyDirectory(inode, change);
    } else {
      expect(inode, "blocks", inode.blocks(), before(change, inode).blocks() + change.blocks);
    }
  }

  /** What the counts of the version before are: nothing when the inode is new. */
  private record Before(long links, long size, long blocks) {}

  private static Before before(InodeChange change, Inode inode) {
    if (!change.hasInodeItem) {
      return new Before(inode.linkCount(), inode.size(), inode.blocks());
    }
    @Nullable Inode before = change.before;
    if (before == null) {
      return new Before(inode.isDirectory() ? 2 : 0, 0, 0);
    }
    return new Before(before.linkCount(), before.size(), before.blocks());
  }

  private void verifyNames(Inode inode) throws IOException {
    List<Reference> references = tree.references(inode.number());
    long expected = inode.linkCount();
    if (inode.isDirectory() && expected > 0) {
      expected = inode.number() == FileTree.ROOT_INODE ? 0 : 1;
    }
    expect(inode, "names", references.size(), expected);
  }

  private void verifyOrphan(Inode inode) throws IOException {
    if (tree.item(ItemType.ORPHANS, ItemType.ORPHAN, inode.number()) == null) {
      problems.add(
          place, "inode " + inode.number() + " has no name and is not listed as an orphan");
    }
  }

  private void verifyDirectory(Inode inode, InodeChange change) throws IOException {
    Before before = before(change, inode);
    expect(inode, "links", inode.linkCount(), before.links + change.directories);
    expect(inode, "entries", inode.size(), before.size + change.entries);
    if (change.hasNewName) {
      verifyWayUp(inode.number());
    }
  }

  /** From a directory that got its place in this version, up to the root. */
  private void verifyWayUp(long directory) throws IOException {
    LongSet passed = new LongSet();
    long step = directory;
    while (step != FileTree.ROOT_INODE) {
      List<Reference> references = tree.references(step);
      if (!passed.add(step) || references.isEmpty()) {
        problems.add(
            place, "directory " + directory + " cannot be reached: its way up ends at " + step);
        return;
      }
      step = references.get(0).parent();
    }
  }

  private void verifyContent(Inode inode, InodeChange change) throws IOException {
    long number = inode.number();
    if (change.hasEntries && !inode.isDirectory()) {
      problems.add(place, "inode " + number + " has entries and is no directory");
    }
    if ((change.hasExtents || change.hasInline) && !inode.isRegular()) {
      problems.add(place, "inode " + number + " has content and is no regular file");
    }
    if (change.hasExtents || change.hasInline) {
      verifyFirstBlock(number);
    }
    byte[] target = tree.item(number, ItemType.SYMLINK, 0);
    boolean isPurged = inode.linkCount() == 0;
    if (inode.isSymlink() ? target == null && !isPurged : target != null) {
      problems.add(place, "inode " + number + " has a symlink's mode or target, but not both");
    }
    if (inode.isSymlink() && target != null) {
      expect(inode, "bytes", target.length, inode.size());
    }
  }

  private void verifyFirstBlock(long number) throws IOException {
    Item first = tree.next(ItemType.high(number, ItemType.EXTENT), 0);
    boolean hasExtent = first != null && first.offset() == 0;
    if (hasExtent && tree.item(number, ItemType.INLINE, 0) != null) {
      problems.add(place, "inode " + number + " has its first block inline and in an extent");
    }
  }

  private void expect(Inode inode, String what, long found, long expected) {
    if (found != expected) {
      problems.add(
          place,
          "inode %d has %d %s where %d are expected"
              .formatted(inode.number(), found, what, expected));
    }
  }
}
